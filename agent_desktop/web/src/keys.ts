// Keyboard: Ctrl+Shift+letter for what must work anywhere, and single keys; all remappable, kept for each person.

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
  | "search"
  | "dial"
  | "waiting";

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
  dial: "L",
  waiting: "X",
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Letters that browsers do not give away with Ctrl+Shift. */
export const TAKEN = ["N", "T", "W", "I", "J", "C", "R", "Q", "P"];

/** Single keys: what they do, the key, and whether they do it at all (WCAG 2.1.4). Digits choose dispositions. */
export type Single = "find" | "list" | "extend";

export const SINGLES: Record<Single, string> = { find: "/", list: "?", extend: "e" };

/** Where a person's own keys are kept; before anybody is known nothing is. */
let shelf: string | null = null;

export const letters = signal<Record<Action, string>>({ ...DEFAULTS });
export const singles = signal<Record<Single, string>>({ ...SINGLES });
export const singlesOn = signal(true);

/** From now on the keys are those of this person. */
export function followKeys(staffId: string): void {
  shelf = `keys.${staffId}`;
  const kept = load<Partial<Kept>>(shelf, {});
  letters.value = withKept(kept.letters ?? {});
  singles.value = { ...SINGLES, ...kept.singles };
  singlesOn.value = kept.on ?? true;
}

/** The person's letters; an action that came later and whose letter is theirs for another gets the first that is free. */
function withKept(kept: Kept["letters"]): Record<Action, string> {
  const all = { ...DEFAULTS, ...kept };
  const used = new Set([...TAKEN, ...Object.values(kept)]);
  for (const action of Object.keys(all) as Action[]) {
    if (!(action in kept) && used.has(all[action]))
      all[action] = [...ALPHABET].find((each) => !used.has(each) && !Object.values(all).includes(each)) ?? "";
  }
  return all;
}

interface Kept {
  letters: Partial<Record<Action, string>>;
  singles: Partial<Record<Single, string>>;
  on: boolean;
}

function keep(): void {
  if (shelf)
    save(shelf, { letters: letters.value, singles: singles.value, on: singlesOn.value } satisfies Kept);
}

export type Remapped = "ok" | "taken" | { by: Action | Single };

/** Give `action` another letter, unless the browser or another action has it. */
export function remap(action: Action, letter: string): Remapped {
  if (!/^[A-Z]$/.test(letter) || TAKEN.includes(letter)) return "taken";
  const by = otherWith(letters.value, action, letter);
  if (by) return { by };
  letters.value = { ...letters.value, [action]: letter };
  keep();
  return "ok";
}

/** Give `single` another key; digits choose dispositions and stay theirs. */
export function remapSingle(single: Single, key: string): Remapped {
  const wanted = key.toLowerCase();
  if ([...wanted].length !== 1 || /[\d\s]/.test(wanted)) return "taken";
  const by = otherWith(singles.value, single, wanted);
  if (by) return { by };
  singles.value = { ...singles.value, [single]: wanted };
  keep();
  return "ok";
}

function otherWith<T extends string>(all: Record<T, string>, but: T, key: string): T | undefined {
  return (Object.keys(all) as T[]).find((each) => each !== but && all[each] === key);
}

export function switchSingles(on: boolean): void {
  singlesOn.value = on;
  keep();
}

export function resetKeys(): void {
  letters.value = { ...DEFAULTS };
  singles.value = { ...SINGLES };
  singlesOn.value = true;
  keep();
}

/** What a single key does; a letter also by its place on the keyboard, so that other alphabets work. */
export function singleOf(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): Single | null {
  if (!singlesOn.value) return null;
  const said = event.key.toLowerCase();
  const placed = event.shiftKey ? null : (letterOf(event)?.toLowerCase() ?? null);
  const found = (Object.keys(singles.value) as Single[]).find((each) =>
    [said, placed].includes(singles.value[each]),
  );
  return found ?? null;
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
