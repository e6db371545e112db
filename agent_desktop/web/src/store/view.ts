// Derived once for everybody: the phase of the call, and the agent's state as a person would say it.

import { computed } from "@preact/signals";
import { phoneHere } from "../phone/phone";
import { sip } from "../phone/session";
import type { Me } from "../types";
import { type CallView, type Phase, viewCall } from "./callview";
import { tick } from "./clock";
import { connection, desk } from "./live";

/** The offer's deadline matters only while the server is away; only then does the clock redraw this. */
const nowIfStale = computed(() => (connection.value === "live" ? 0 : Math.floor(tick.value / 1000) * 1000));

export const view = computed<CallView>(() =>
  viewCall({
    desk: desk.value,
    sip: sip.value,
    live: connection.value === "live",
    phoneHere: phoneHere.value,
    now: nowIfStale.value,
  }),
);

export type StateKind =
  | "ready"
  | "no_phone"
  | "paused"
  | "missed"
  | "out"
  | "reserved"
  | "dialling"
  | "ringing"
  | "talking"
  | "held"
  | "wrapping";

export interface VisibleState {
  kind: StateKind;
  reason: string | null;
  since: string | null;
}

export const MISSED = "missed";

/** What stands in the top bar, and since when. */
export function stateOf(
  me: Me,
  phase: Phase,
  call: { joined: string | null; held: string | null; wrapping: string | null; offered: string | null },
): VisibleState {
  const plain = (kind: StateKind, since: string | null = me.since): VisibleState => ({
    kind,
    reason: null,
    since,
  });
  if (phase === "offered" || phase === "connecting") return plain("ringing", call.offered);
  if (phase === "dialling") return plain("dialling", call.offered);
  if (phase === "held") return plain("held", call.held);
  if (phase === "talking") return plain("talking", call.joined);
  if (phase === "wrapping") return plain("wrapping", call.wrapping);
  if (me.duty === "reserved") return plain("reserved");
  if (me.presence === "out") return plain("out");
  if (me.presence === "paused") {
    return {
      kind: me.pause_reason?.startsWith(MISSED) ? "missed" : "paused",
      reason: me.pause_reason,
      since: me.since,
    };
  }
  return me.device === "lost" ? plain("no_phone") : plain("ready");
}

export const visibleState = computed<VisibleState | null>(() => {
  const known = desk.value;
  if (!known) return null;
  const stint = known.call?.stint;
  return stateOf(known.me, view.value.phase, {
    offered: known.offer?.made_at ?? stint?.offered_at ?? null,
    joined: stint?.joined_at ?? null,
    held: stint?.held_since ?? null,
    wrapping: stint?.wrapping_since ?? null,
  });
});
