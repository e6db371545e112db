// Pages of history fetched beyond what came with the pop, for each customer and kind.

import { signal, type Signal } from "@preact/signals";
import { get } from "../api";
import type { EntryKind, TimelineEntry, TimelinePage } from "../types";
import { extend, mergeEntries, refresh } from "./timeline";

export interface Fetched {
  page: TimelinePage | null;
  busy: boolean;
  failed: boolean;
}

const PAGE = 30;
/** Histories kept beyond what is on the screen; a day has hundreds of customers. */
const MOST = 40;
const fetched = new Map<string, Signal<Fetched>>();

export function historyOf(customerId: string, kind: EntryKind | null): Signal<Fetched> {
  const key = `${customerId}/${kind ?? ""}`;
  const known = fetched.get(key);
  if (known) return known;
  const made = signal<Fetched>({ page: null, busy: false, failed: false });
  fetched.set(key, made);
  if (fetched.size > MOST) fetched.delete(fetched.keys().next().value ?? "");
  return made;
}

/** What to show: the first page as pushed, over whatever was fetched; null while nothing is known. */
export function visiblePage(first: TimelinePage | null, more: TimelinePage | null): TimelinePage | null {
  if (!first) return more;
  return more ? refresh(more, first) : first;
}

/** Fetch the page behind what is shown, or the first one when nothing is. */
export async function fetchOlder(
  customerId: string,
  kind: EntryKind | null,
  now: TimelinePage | null,
): Promise<void> {
  const state = historyOf(customerId, kind);
  if (state.value.busy || (now && now.next === null)) return;
  state.value = { ...state.value, busy: true, failed: false };
  try {
    const older = await get<TimelinePage>(address(customerId, kind, now?.next ?? null));
    state.value = { page: now ? extend(now, older) : older, busy: false, failed: false };
  } catch {
    state.value = { ...state.value, busy: false, failed: true };
  }
}

/** Show an entry just made, before the server pushes it. */
export function addEntry(customerId: string, entry: TimelineEntry): void {
  for (const kind of [null, entry.kind]) {
    const state = historyOf(customerId, kind);
    const page = state.value.page ?? { entries: [], next: null };
    state.value = { ...state.value, page: { ...page, entries: mergeEntries(page.entries, [entry]) } };
  }
}

/** The newest page again, after something was made that shows there. */
export async function refetch(customerId: string): Promise<void> {
  const state = historyOf(customerId, null);
  try {
    const first = await get<TimelinePage>(address(customerId, null, null));
    state.value = { ...state.value, page: state.value.page ? refresh(state.value.page, first) : first };
  } catch {
    /* the next pop shows it */
  }
}

function address(customerId: string, kind: EntryKind | null, cursor: string | null): string {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (kind) query.set("kind", kind);
  if (cursor) query.set("cursor", cursor);
  return `/api/customers/${encodeURIComponent(customerId)}/timeline?${query}`;
}
