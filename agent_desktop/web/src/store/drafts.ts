// Half-written words survive a reload: one draft for each call, customer and form.

import { effect, signal, type Signal } from "@preact/signals";
import { forget, load, names, save } from "./local";

const KEEP_MS = 7 * 24 * 3600 * 1000;

interface Kept {
  at: number;
  text: string;
}

const open = new Map<string, Signal<string>>();

/** The draft of that name: reading it draws again, writing it is kept at once. */
export function draft(name: string): Signal<string> {
  const known = open.get(name);
  if (known) return known;
  const made = signal(load<Kept>(`draft.${name}`, { at: 0, text: "" }).text);
  open.set(name, made);
  effect(() => {
    if (made.value) save(`draft.${name}`, { at: Date.now(), text: made.value } satisfies Kept);
    else forget(`draft.${name}`);
  });
  return made;
}

/** Drop drafts that nobody came back to. */
export function dropOldDrafts(now: number = Date.now()): void {
  for (const name of names("draft.")) {
    if (now - load<Kept>(`draft.${name}`, { at: 0, text: "" }).at > KEEP_MS) forget(`draft.${name}`);
  }
}

/** At sign-out nothing of a customer stays in the browser. */
export function dropAllDrafts(): void {
  for (const each of open.values()) each.value = "";
  for (const name of names("draft.")) forget(`draft.${name}`);
}
