// Automatic, light or dark.

import { signal } from "@preact/signals";
import { load, save } from "./local";

export type Theme = "auto" | "light" | "dark";

export const theme = signal<Theme>("auto");

export function startTheme(): void {
  setTheme(load<Theme>("theme", "auto"));
}

export function setTheme(next: Theme): void {
  theme.value = next;
  save("theme", next);
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
}
