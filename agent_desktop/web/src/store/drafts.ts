// Half-written words survive a reload: one draft for each call, customer and form; all tabs have the same.

import { effect, signal, type Signal } from "@preact/signals";
import { forget, load, names, onOtherTab, save } from "./local";

const KEEP_MS = 7 * 24 * 3600 * 1000;
const PREFIX = "draft.";

interface Kept {
  at: number;
  text: string;
}

const open = new Map<string, Signal<string>>();
const NOTHING: Kept = { at: 0, text: "" };
/** Drafts that this browser could not keep: its storage is full or forbidden. */
export const unkept = signal<ReadonlySet<string>>(new Set());
let quiet = false;
let told: (name: string) => void = () => undefined;

/** `tell` is called with the name of each draft that is changed here. */
export function onDraftChange(tell: (name: string) => void): void {
  told = tell;
}

/** The draft of that name: reading it draws again, writing it is kept at once. */
export function draft(name: string): Signal<string> {
  const known = open.get(name);
  if (known) return known;
  const made = signal(load<Kept>(PREFIX + name, NOTHING).text);
  open.set(name, made);
  let first = true;
  effect(() => {
    const text = made.value;
    if (first) first = false;
    else if (!quiet) {
      keepHere(name, text, Date.now());
      told(name);
    }
  });
  return made;
}

function keepHere(name: string, text: string, at: number): void {
  const kept = text === "" || save(PREFIX + name, { at, text } satisfies Kept);
  if (text === "" || !kept) forget(PREFIX + name);
  if (kept === !unkept.peek().has(name)) return;
  const rest = [...unkept.peek()].filter((each) => each !== name);
  unkept.value = new Set(kept ? rest : [...rest, name]);
}

/** When the draft was last changed in this browser; 0 when there is none. */
export const draftedAt = (name: string): number => load<Kept>(PREFIX + name, NOTHING).at;

/** Take over what another tab or the server has, without telling anybody. */
export function adoptDraft(name: string, text: string, at: number): void {
  keepHere(name, text, at);
  quiet = true;
  draft(name).value = text;
  quiet = false;
}

/** Drop drafts that nobody came back to, and follow what other tabs write. */
export function startDrafts(now: number = Date.now()): void {
  for (const name of names(PREFIX)) {
    if (now - draftedAt(name) > KEEP_MS) forget(PREFIX + name);
  }
  onOtherTab(PREFIX, (name) => {
    const kept = load<Kept>(PREFIX + name, NOTHING);
    if (open.has(name)) adoptDraft(name, kept.text, kept.at);
  });
}

/** Forget the empty drafts of calls other than this one: nobody looks at them again. */
export function closeDrafts(callId: string | null): void {
  for (const [name, each] of open) {
    const base = name.replace(/^[tp]\./, "");
    if (each.peek() === "" && base !== callId && !base.startsWith("c.")) open.delete(name);
  }
}

/** Nothing of a customer stays in the browser when its user goes or is another one; the server keeps it. */
export function dropAllDrafts(): void {
  quiet = true;
  for (const each of open.values()) each.value = "";
  quiet = false;
  for (const name of names(PREFIX)) forget(PREFIX + name);
}
