// A desk small enough to read in a test.

import type { Call, Desk, Offer, TimelineEntry, StintState } from "../../src/types";

export const T0 = Date.parse("2026-03-02T09:00:00.000Z");
export const iso = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString();

export function offer(more: Partial<Offer> = {}): Offer {
  return {
    id: "of-1",
    interaction_id: "ix-1",
    state: "pending",
    leg: "leg-1",
    made_at: iso(0),
    deadline: iso(20),
    ringing_at: iso(1),
    ...more,
  };
}

export function call(state: Exclude<StintState, "done">, number = "+442079460958"): Call {
  return {
    id: "ix-1",
    state: "active",
    direction: "inbound",
    queue: { id: "qu-1", name: "Service" },
    caller: { number, display: number, name: null, withheld: false },
    did: null,
    language: "en",
    arrived_at: iso(-60),
    queued_at: iso(-55),
    answered_at: null,
    ended_at: null,
    end_reason: null,
    match: "known",
    customer_id: "cu-1",
    candidate_ids: [],
    recording: false,
    from_fallback: false,
    stint: {
      id: "st-1",
      state,
      leg: "leg-1",
      offered_at: iso(0),
      joined_at: iso(3),
      held_since: null,
      held_seconds: 0,
      wrapping_since: null,
      wrap_deadline: null,
      extended: 0,
    },
  };
}

export function desk(more: Partial<Desk> = {}): Desk {
  return {
    me: {
      id: "st-1",
      name: "Amaia",
      login: "amaia",
      roles: ["agent"],
      language: "en",
      presence: "ready",
      pause_reason: null,
      duty: "idle",
      device: "reachable",
      state: { kind: "ready", since: iso(0), why: "chosen", by: null },
      endpoint: "p1",
      since: iso(0),
      idle_since: iso(0),
      next: null,
      missed: 0,
      routable: true,
    },
    offer: null,
    call: null,
    pop: null,
    queues: [],
    link: { switch: "up" },
    settings: {
      dispositions: [],
      pause_reasons: [],
      wrap_up: { mandatory: false, seconds: 60, extend_seconds: 60, extensions: 3 },
      ring_seconds: 20,
      ticket_categories: [],
      products: [],
      priorities: [],
    },
    ...more,
  };
}

export function entry(id: string, seconds: number, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id,
    at: iso(seconds),
    kind: "note",
    title: id,
    body: null,
    status: null,
    ref: null,
    staff_name: null,
    details: {},
    ...more,
  };
}
