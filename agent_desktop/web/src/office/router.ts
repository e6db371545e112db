// Which page the address names. Links are ordinary links; a click stays in this document.

import { computed, signal } from "@preact/signals";

export interface Place {
  path: string;
  query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export const place = signal<Place>(here());
export const path = computed(() => place.value.path);

/** Asked before a page is left; whoever has unsaved words answers false. */
export const mayLeave = signal<(() => boolean) | null>(null);

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push" && mayLeave.value && !mayLeave.value()) return;
  mayLeave.value = null;
  history[how === "push" ? "pushState" : "replaceState"](null, "", to);
  place.value = here();
  if (how === "push") scrollTo(0, 0);
}

/** Change the query of the page and nothing else, so that a filter is part of the address. */
export function setQuery(values: Record<string, string>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
  place.value = here();
}

export function startRouter(): void {
  addEventListener("popstate", () => {
    mayLeave.value = null;
    place.value = here();
  });
  addEventListener("beforeunload", (event) => {
    if (mayLeave.value) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
    if (link.hasAttribute("download") || !ours(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

const ours = (to: string): boolean => /^\/(admin|account)(\/|$)/.test(to);

/** The named parts of a path that fits a pattern such as /admin/people/:id; null when it does not. */
export function fits(pattern: string, to: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = to.replace(/\/$/, "").split("/");
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":") && value) found[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return found;
}
