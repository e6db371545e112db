// Which customer the middle of the desk shows: the one of the call, or one that was looked up beside it.

import { computed, effect, signal } from "@preact/signals";
import { get } from "../api";
import type { CustomerCard, Device, TimelineEntry, TimelinePage } from "../types";
import { call, desk, offer, pop } from "./live";
import { complain } from "./toasts";

export interface Opened {
  customer: CustomerCard;
  timeline: TimelinePage;
  devices: Device[];
}

const MOST_TABS = 4;

/** Customers looked up, newest last; `null` selected means the call (or the empty desk). */
export const opened = signal<Opened[]>([]);
export const selected = signal<string | null>(null);

export interface Shown {
  customer: CustomerCard | null;
  timeline: TimelinePage;
  /** Open entries known beyond the first page. */
  open: TimelineEntry[];
  /** The call this is about, when it is the call's own customer. */
  callId: string | null;
  /** What the customer owns. */
  devices: Device[];
}

const NO_PAGE: TimelinePage = { entries: [], next: null };

/** The pop that belongs to what is offered or on the line. */
export const currentPop = computed(() => {
  const about = call.value?.id ?? offer.value?.interaction_id ?? null;
  return pop.value && pop.value.interaction_id === about ? pop.value : null;
});

export const shown = computed<Shown | null>(() => {
  const aside = opened.value.find((each) => each.customer.id === selected.value);
  if (aside)
    return {
      customer: aside.customer,
      timeline: aside.timeline,
      open: [],
      callId: null,
      devices: aside.devices,
    };
  const found = currentPop.value;
  if (found)
    return {
      customer: found.customer,
      timeline: found.timeline,
      open: found.open_items ?? [],
      callId: found.interaction_id,
      devices: found.devices ?? [],
    };
  const about = call.value?.id ?? offer.value?.interaction_id;
  return about ? { customer: null, timeline: NO_PAGE, open: [], callId: about, devices: [] } : null;
});

/** A customer who is on the screen already. */
export function knownCustomer(id: string): CustomerCard | null {
  const open = [currentPop.peek()?.customer, ...opened.peek().map(({ customer }) => customer)];
  return open.find((each) => each?.id === id) ?? null;
}

export async function openCustomer(customer: CustomerCard): Promise<void> {
  if (customer.id === currentPop.value?.customer?.id) {
    selected.value = null;
    return;
  }
  if (!opened.value.some((each) => each.customer.id === customer.id)) {
    try {
      const [timeline, owned] = await Promise.all([
        get<TimelinePage>(`/api/customers/${customer.id}/timeline?limit=30`),
        get<{ items: Device[] }>(`/api/customers/${customer.id}/devices`),
      ]);
      opened.value = [...opened.value.slice(1 - MOST_TABS), { customer, timeline, devices: owned.items }];
    } catch (failure) {
      complain(failure);
      return;
    }
  }
  selected.value = customer.id;
}

export function closeCustomer(id: string): void {
  opened.value = opened.value.filter((each) => each.customer.id !== id);
  if (selected.value === id) selected.value = null;
}

/** A new offer takes the middle of the desk, whatever was open. */
export function followOffers(): void {
  let last: string | null = null;
  effect(() => {
    const id = desk.value?.offer?.id ?? null;
    if (id && id !== last) selected.value = null;
    last = id;
  });
}
