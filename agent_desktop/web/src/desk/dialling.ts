// Calling somebody: the number being looked at before it is dialled, the dial itself, and what came of the last one.

import { computed, effect, signal } from "@preact/signals";
import { ApiError, get, post, wordsFor } from "../api";
import { type DialBar, barTo } from "../store/dialrule";
import { dialog, ticketShown } from "./uistate";
import type { Dial, NumberCard } from "../types";
import { pending } from "../store/actions";
import { call, canAsk, desk } from "../store/live";
import { sip } from "../phone/session";

export interface Draft {
  number: string;
  customerId: string | null;
}

/** What stands in the dial field. */
export const draft = signal<Draft>({ number: "", customerId: null });
/** What is known of it; null while it is not a whole number or not looked up yet. */
export const card = signal<NumberCard | null>(null);
/** Why it cannot be called, in words. */
export const obstacle = signal<string | null>(null);
/** The warnings that the agent has confirmed for this number. */
export const confirmed = signal(false);

const LOOK_MS = 250;
const LEAST = 3;

/** The field with a number in it, so that country and local time are seen before anybody is called. */
export function openDial(number = "", customerId: string | null = null): void {
  write(number, customerId);
  ticketShown.value = null;
  dialog.value = "dial";
}

export function write(number: string, customerId: string | null = null): void {
  if (number === draft.value.number && customerId === draft.value.customerId) return;
  draft.value = { number, customerId };
  card.value = null;
  obstacle.value = null;
  confirmed.value = false;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let asking: AbortController | null = null;
effect(() => {
  const { number, customerId } = draft.value;
  const open = dialog.value === "dial";
  clearTimeout(timer);
  asking?.abort();
  if (!open || number.replace(/\D/g, "").length < LEAST) return;
  timer = setTimeout(() => void look(number, customerId), LOOK_MS);
});

async function look(number: string, customerId: string | null): Promise<void> {
  const mine = (asking = new AbortController());
  const about = new URLSearchParams({ number, ...(customerId ? { customer_id: customerId } : {}) });
  const same = (): boolean => draft.value.number === number && draft.value.customerId === customerId;
  try {
    const found = await get<NumberCard>(`/api/dial/number?${about}`, mine.signal);
    if (same()) card.value = found;
  } catch (failure) {
    if (!mine.signal.aborted && same()) obstacle.value = wordsFor(failure);
  }
}

export const dialling = computed(() => pending.value.has("dial"));

/** Which refusal a dial would meet just now, whatever the number. */
export const barred = computed<DialBar | null>(() =>
  barTo({ desk: desk.value, live: canAsk.value, engaged: sip.value !== null }),
);

/** Why this number may never be called, as the id of a text; null when it may. */
export const refusal = computed<string | null>(() => {
  if (card.value?.forbidden) return "error.do_not_call";
  return card.value?.costly ? `error.${card.value.costly}` : null;
});

/** Why the call cannot be made, as the id of a text; null when it can. `dial.none` while no whole number is there. */
export const whyNot = computed<string | null>(() => {
  if (barred.value) return `error.${barred.value}`;
  const known = card.value;
  if (!known) return "dial.none";
  if (refusal.value) return refusal.value;
  return known.warnings.length > 0 && !confirmed.value ? "dial.confirm" : null;
});

/** A call can be made: nothing is under way, and what must be confirmed is. */
export const canDial = computed(() => whyNot.value === null && !dialling.value);

/** Asks for the call; the field closes once the permit is there. */
export async function dialNow(): Promise<void> {
  const known = card.value;
  if (!known || !canDial.value) return;
  pending.value = new Set([...pending.value, "dial"]);
  try {
    await post("/api/dial", {
      number: known.e164,
      ...(draft.value.customerId ? { customer_id: draft.value.customerId } : {}),
      confirm: confirmed.value ? known.warnings : [],
    });
    dialog.value = null;
  } catch (failure) {
    obstacle.value = wordsFor(failure);
    if (failure instanceof ApiError && failure.id === "confirm_first") {
      confirmed.value = false;
      await look(draft.value.number, draft.value.customerId);
    }
  } finally {
    pending.value = new Set([...pending.value].filter((each) => each !== "dial"));
  }
}

/** The end of the last call that reached nobody, until it is put away. */
const putAway = signal<string | null>(null);
export const unreached = computed<Dial | null>(() => {
  const last = desk.value?.dial ?? null;
  if (!last || !last.ended_at || last.outcome === "reached" || last.outcome === "refused") return null;
  return last.id === putAway.value || call.value ? null : last;
});

export function forgetUnreached(): void {
  putAway.value = unreached.value?.id ?? null;
}
