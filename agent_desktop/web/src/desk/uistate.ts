// What is open on the screen right now, and nothing that matters after a reload.

import { effect, signal } from "@preact/signals";
import { offer } from "../store/live";
import type { Ticket } from "../types";

export type DialogName = "search" | "dial" | "keys" | "sessions" | "sound" | "why" | "waiting";

export const dialog = signal<DialogName | null>(null);
export const stateMenu = signal(false);
export const userMenu = signal(false);
export const phoneMenu = signal(false);
export const keypadOpen = signal(false);
/** The ticket being read. */
export const ticketShown = signal<Ticket | null>(null);
/** Which form of the composer is open; null is one quiet line. */
export const composing = signal<"note" | "ticket" | null>(null);

/** A new offer finds the composer closed, so that Enter answers it. */
export function quietComposer(): void {
  let last: string | null = null;
  effect(() => {
    const id = offer.value?.id ?? null;
    if (id && id !== last) composing.value = null;
    last = id;
  });
}

export const closeDialog = (): void => {
  dialog.value = null;
};
