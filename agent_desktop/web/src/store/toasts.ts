// Short messages in the corner; a bad one stays longer.

import { signal } from "@preact/signals";
import { wordsFor } from "../api";

export interface Toast {
  id: number;
  kind: "good" | "bad" | "info";
  text: string;
}

export const toasts = signal<Toast[]>([]);
let last = 0;

export function toast(kind: Toast["kind"], text: string): void {
  const id = ++last;
  toasts.value = [...toasts.value.filter((each) => each.text !== text).slice(-3), { id, kind, text }];
  setTimeout(() => dismiss(id), kind === "bad" ? 9000 : 4000);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

export function complain(failure: unknown): void {
  toast("bad", wordsFor(failure));
}
