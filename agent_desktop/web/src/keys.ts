// Keyboard: Ctrl+Shift+letter for what must work anywhere, remappable, kept in this browser.

import { signal } from "@preact/signals";
import { load, save } from "./store/local";

export type Action =
  | "accept"
  | "decline"
  | "mute"
  | "hold"
  | "keypad"
  | "end"
  | "ready"
  | "pause"
  | "note"
  | "ticket"
  | "search";

export const DEFAULTS: Record<Action, string> = {
  accept: "A",
  decline: "D",
  mute: "M",
  hold: "H",
  keypad: "K",
  end: "E",
  ready: "G",
  pause: "B",
  note: "O",
  ticket: "Y",
  search: "F",
};

/** Letters that browsers do not give away with Ctrl+Shift. */
export const TAKEN = ["N", "T", "W", "I", "J", "C", "R", "Q", "P"];

export const letters = signal<Record<Action, string>>({
  ...DEFAULTS,
  ...load<Partial<Record<Action, string>>>("keys", {}),
});

export type Remapped = "ok" | "taken" | { by: Action };

/** Give `action` another letter, unless the browser or another action has it. */
export function remap(action: Action, letter: string): Remapped {
  if (!/^[A-Z]$/.test(letter) || TAKEN.includes(letter)) return "taken";
  const by = (Object.keys(letters.value) as Action[]).find(
    (each) => each !== action && letters.value[each] === letter,
  );
  if (by) return { by };
  letters.value = { ...letters.value, [action]: letter };
  save("keys", letters.value);
  return "ok";
}

export function resetKeys(): void {
  letters.value = { ...DEFAULTS };
  save("keys", letters.value);
}

/** The letter of a key press by its place on the keyboard, so that other alphabets work. */
export function letterOf(event: Pick<KeyboardEvent, "code">): string | null {
  return /^Key([A-Z])$/.exec(event.code)?.[1] ?? null;
}

export function actionOf(
  event: Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
): Action | null {
  if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.altKey) return null;
  const letter = letterOf(event);
  return (Object.keys(letters.value) as Action[]).find((each) => letters.value[each] === letter) ?? null;
}

export function shortcut(action: Action): string {
  return `Ctrl+Shift+${letters.value[action]}`;
}

const PAUSE_MS = 1200;
let typed = -PAUSE_MS;

/** Note a key press: whoever typed a moment ago goes on, though the text may have gone from under the fingers. */
export function watchTyping(event: KeyboardEvent): void {
  if (isTyping(event.target) || (typedJustNow() && event.key.length === 1)) typed = event.timeStamp;
}

/** Within this time of the last key in a text no single key does anything and no button takes the focus. */
export function typedJustNow(): boolean {
  return performance.now() - typed < PAUSE_MS;
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Whether Enter or Space already means something where the focus is. */
export function isActive(target: EventTarget | null): boolean {
  return (
    isTyping(target) ||
    (target instanceof HTMLElement && target.closest("button, a, [role=option], dialog") !== null)
  );
}
