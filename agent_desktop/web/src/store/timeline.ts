// The pages of one customer's history, joined without doubles, newest first.

import type { TimelineEntry, TimelinePage } from "../types";

/** Newest first; entries of one moment by id, as the server's keyset has them. */
export function byNewest(a: TimelineEntry, b: TimelineEntry): number {
  if (a.at !== b.at) return a.at < b.at ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** `fresh` wins over what was known under the same id. */
export function mergeEntries(known: TimelineEntry[], fresh: TimelineEntry[]): TimelineEntry[] {
  const all = new Map(known.map((entry) => [entry.id, entry]));
  for (const entry of fresh) all.set(entry.id, entry);
  return [...all.values()].sort(byNewest);
}

/** An older page behind what is there: its cursor is the new end. */
export function extend(page: TimelinePage, older: TimelinePage): TimelinePage {
  return { entries: mergeEntries(page.entries, older.entries), next: older.next };
}

/** A newer first page over what is there: the end, once further back, stays where it was. */
export function refresh(page: TimelinePage, first: TimelinePage): TimelinePage {
  const entries = mergeEntries(page.entries, first.entries);
  const further = page.entries.length > first.entries.length;
  return { entries, next: further ? page.next : first.next };
}

/** What is open and asks for something; a call that goes on does not. */
export function openItems(entries: TimelineEntry[]): TimelineEntry[] {
  return entries.filter((entry) => entry.status === "open" && entry.kind !== "call");
}

/** Without the line of the call that is on the screen anyway. */
export function withoutCall(entries: TimelineEntry[], callId: string | null): TimelineEntry[] {
  return callId === null ? entries : entries.filter((entry) => entry.kind !== "call" || entry.ref !== callId);
}
