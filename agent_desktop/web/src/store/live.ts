// The desk as it is now, and how sure we are of it. Everything drawn reads from here.

import { computed, signal } from "@preact/signals";
import type { Desk } from "../types";
import type { Replica } from "./desk";

/** `live`: changes flow. `stale`: the server is away or silent. `signed_out`: the session has ended. */
export type Connection = "connecting" | "live" | "stale" | "signed_out";

export const replica = signal<Replica | null>(null);
export const connection = signal<Connection>("connecting");
/** Why the server refuses this tab, by id; null when it does not. */
export const refusedBecause = signal<string | null>(null);
export const staleSince = signal<number | null>(null);

/** How often the server said that another browser of ours took the phone. */
export const phoneMoved = signal(0);

export const desk = computed<Desk | null>(() => replica.value?.desk ?? null);
export const me = computed(() => desk.value?.me ?? null);
export const offer = computed(() => desk.value?.offer ?? null);
export const call = computed(() => desk.value?.call ?? null);
export const pop = computed(() => desk.value?.pop ?? null);
export const settings = computed(() => desk.value?.settings ?? null);

/** Whether an order to the server can be given. */
export const canAsk = computed(() => connection.value === "live");

/** No word for this long means stale, whatever the socket says. */
export const SILENCE_MS = 12_000;

export function isSilent(lastHeard: number, now: number): boolean {
  return now - lastHeard > SILENCE_MS;
}
