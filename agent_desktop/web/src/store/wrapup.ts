// Wrap-up: the disposition picked, the note, and what becomes of a note that time ran out on.

import { effect, signal, type Signal } from "@preact/signals";
import { t } from "../i18n";
import type { CustomerCard, Disposition } from "../types";
import { finishWrapUp } from "./actions";
import { draft } from "./drafts";
import { call, canAsk } from "./live";
import { forget, load, save } from "./local";
import { toast } from "./toasts";
import { currentPop, openCustomer } from "./work";

const picks = new Map<string, Signal<string | null>>();
const sending = new Set<string>();
let last: { callId: string; customer: CustomerCard | null } | null = null;

/** The disposition picked for a call; it survives a reload. */
export function picked(callId: string): Signal<string | null> {
  const known = picks.get(callId);
  if (known) return known;
  const made = signal<string | null>(load(`picked.${callId}`, null, "session"));
  picks.set(callId, made);
  return made;
}

export function pick(callId: string, disposition: string): void {
  picked(callId).value = disposition;
  save(`picked.${callId}`, disposition, "session");
}

/** The key of each disposition: its own, else its place in the list. */
export function keyOf(disposition: Disposition, index: number): string {
  return String(disposition.key ?? (index < 9 ? index + 1 : ""));
}

export async function sendWrapUp(callId: string): Promise<void> {
  const disposition = picked(callId).value;
  if (!canAsk.value || !disposition || sending.has(callId)) return;
  const note = draft(callId);
  sending.add(callId);
  if (await finishWrapUp(callId, disposition, note.value.trim())) {
    note.value = "";
    forget(`picked.${callId}`, "session");
  }
  sending.delete(callId);
  if (call.value?.id !== callId) rescue();
}

/** A wrap-up that ends by its deadline leaves its unsaved note with the customer, where it can still be saved. */
export function followWrapUps(): void {
  effect(() => {
    const now = call.value;
    if (last && now?.id !== last.callId && !sending.has(last.callId)) rescue();
    if (now?.stint?.state === "wrapping")
      last = { callId: now.id, customer: currentPop.value?.customer ?? null };
  });
}

function rescue(): void {
  if (!last) return;
  const { callId, customer } = last;
  const note = draft(callId);
  last = null;
  if (!note.value.trim() || !customer) return;
  const kept = draft(`c.${customer.id}`);
  kept.value = [kept.value, note.value].filter(Boolean).join("\n");
  note.value = "";
  toast("info", t("wrap_up.rescued", { name: customer.name }));
  void openCustomer(customer);
}
