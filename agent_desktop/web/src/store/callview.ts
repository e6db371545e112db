// What the call bar shows and what can be done now: a pure reading of desk, phone and line.

import type { Call, Desk, Offer } from "../types";

export type SipState = "ringing" | "answering" | "up";

export interface SipCall {
  state: SipState;
  muted: boolean;
  number: string | null;
  name: string | null;
  since: number;
  /** The interaction it was seen to belong to; its leg may outlive it by a moment. */
  interaction: string | null;
}

/** `loose` is a call of the switch's own queue: the phone rings, the platform knows nothing of it. */
export type Phase =
  | "idle"
  | "offered"
  | "dialling"
  | "connecting"
  | "talking"
  | "held"
  | "wrapping"
  | "loose_ringing"
  | "loose";

export interface Can {
  answer: boolean;
  decline: boolean;
  mute: boolean;
  hold: boolean;
  resume: boolean;
  keypad: boolean;
  end: boolean;
}

export interface CallView {
  phase: Phase;
  can: Can;
}

export interface Known {
  desk: Pick<Desk, "offer" | "call"> | null;
  sip: SipCall | null;
  live: boolean;
  phoneHere: boolean;
  now: number;
}

const NOTHING: Can = {
  answer: false,
  decline: false,
  mute: false,
  hold: false,
  resume: false,
  keypad: false,
  end: false,
};
const IN_CALL = ["dialling", "joined", "held"];

/** How long an offer is believed after its deadline while the server cannot tell. */
const GRACE_MS = 2000;

export function viewCall(known: Known): CallView {
  const phase = phaseOf(known);
  return { phase, can: abilities(phase, known) };
}

function phaseOf({ desk, sip, live, now }: Known): Phase {
  const offer = desk?.offer ?? null;
  const state = desk?.call?.stint?.state;
  if (sip && belongs(desk, sip, live, now)) {
    if (state === "dialling") return "dialling";
    if (sip.state === "ringing") return "offered";
    if (sip.state === "answering") return "connecting";
    return state === "held" ? "held" : "talking";
  }
  if (sip && state === "wrapping" && sip.interaction === desk?.call?.id) return "wrapping";
  if (sip) return sip.state === "ringing" ? "loose_ringing" : "loose";
  if (offer && (live || stillOpen(offer, now))) return "offered";
  if (!live && state && IN_CALL.includes(state)) return "idle";
  if (state === "dialling") return "dialling";
  if (state === "joined") return "talking";
  if (state === "held") return "held";
  return state === "wrapping" ? "wrapping" : "idle";
}

/** An incoming session belongs to the offer or call on the desk, if there is one it can be. */
function belongs(desk: Known["desk"], sip: SipCall, live: boolean, now: number): boolean {
  const state = desk?.call?.stint?.state;
  if (state && IN_CALL.includes(state)) return true;
  const offer = desk?.offer;
  if (!offer) return state === "offered";
  if (live) return true;
  if (sip.state === "ringing" && !stillOpen(offer, now)) return false;
  return sameNumber(sip.number, desk?.call ?? null);
}

function stillOpen(offer: Offer, now: number): boolean {
  return Date.parse(offer.deadline) + GRACE_MS > now;
}

/** While the server is silent the number must agree too, as far as both are known. */
function sameNumber(number: string | null, call: Call | null): boolean {
  const a = tail(number);
  const b = tail(call?.caller.number ?? null);
  return a === "" || b === "" || a === b;
}

function tail(number: string | null): string {
  return (number ?? "").replace(/\D/g, "").slice(-7);
}

function abilities(phase: Phase, { sip, live, phoneHere }: Known): Can {
  const inTalk = phase === "talking" || phase === "held" || phase === "loose";
  const ringing = phase === "offered" || phase === "loose_ringing";
  return {
    ...NOTHING,
    answer: ringing && phoneHere,
    decline: ringing && (live || sip !== null),
    mute: inTalk && sip?.state === "up",
    keypad: (phase === "talking" || phase === "loose") && sip?.state === "up",
    hold: phase === "talking" && live,
    resume: phase === "held" && live,
    end:
      ((inTalk || phase === "connecting" || phase === "dialling") && (sip !== null || live)) ||
      (phase === "wrapping" && sip !== null),
  };
}
