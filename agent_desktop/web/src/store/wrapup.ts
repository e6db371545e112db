// Wrap-up: the disposition picked, the note, and what becomes of a note that time ran out on.

import { effect, type Signal } from "@preact/signals";
import { t } from "../i18n";
import type { CustomerCard, Disposition, Stint } from "../types";
import { finishWrapUp } from "./actions";
import { draft } from "./drafts";
import { isTooLong } from "./limits";
import { call, canAsk, settings } from "./live";
import { toast } from "./toasts";
import { currentPop, openCustomer } from "./work";

const sending = new Set<string>();
let last: { callId: string; customer: CustomerCard | null } | null = null;

/** The disposition picked for a call, empty while none is; it survives a reload. */
export function picked(callId: string): Signal<string> {
  return draft(`p.${callId}`);
}

export function pick(callId: string, disposition: string): void {
  picked(callId).value = disposition;
}

/** The key of each disposition: its own, else its place in the list. */
export function keyOf(disposition: Disposition, index: number): string {
  return String(disposition.key ?? (index < 9 ? index + 1 : ""));
}

/** Whether the wrap-up may end: with a note that the server takes, and with an outcome, or without one where the queue does not want it. */
export function canFinish(callId: string): boolean {
  if (isTooLong(draft(callId).value)) return false;
  return Boolean(picked(callId).value) || settings.value?.wrap_up.mandatory === false;
}

/** Whether there is an end that can be put off, and how often it still can. */
export function extensionsLeft(stint: Stint | null | undefined): number {
  if (!stint?.wrap_deadline) return 0;
  return Math.max(0, (settings.value?.wrap_up.extensions ?? 0) - Number(stint.extended));
}

export async function sendWrapUp(callId: string): Promise<void> {
  const disposition = picked(callId).value;
  if (!canAsk.value || !canFinish(callId) || sending.has(callId)) return;
  const note = draft(callId);
  sending.add(callId);
  if (await finishWrapUp(callId, disposition || null, note.value.trim())) {
    note.value = "";
    picked(callId).value = "";
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
  last = null;
  const [note, ticket] = [draft(callId), draft(`t.${callId}`)];
  const words = { note: note.value.trim(), ticket: ticket.value };
  if (customer && (words.note || words.ticket)) rescueTo(customer, words);
  for (const each of [note, ticket, picked(callId)]) each.value = "";
}

/** What was begun about a call that is gone stays with its customer, where it can still be sent. */
export function rescueTo(customer: CustomerCard, { note, ticket }: { note: string; ticket: string }): void {
  const [words, form] = [draft(`c.${customer.id}`), draft(`t.c.${customer.id}`)];
  if (note && !words.value.includes(note)) words.value = [words.value, note].filter(Boolean).join("\n");
  if (ticket && !form.value) form.value = ticket;
  toast("info", t("wrap_up.rescued", { name: customer.name }));
  void openCustomer(customer);
}
