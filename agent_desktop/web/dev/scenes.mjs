// The states a desk can be in, as whole desks for the development server.

import { ago, ahead, now } from "./clock.mjs";
import { CROWD, history, MARISOL, OTHERS, QUEUES, SETTINGS, TICKETS, WAITING } from "./sample.mjs";

const IX = "ix-1763760000.42";

function me(more = {}) {
  return {
    id: "st-1",
    name: "Amaia Lindqvist",
    login: "amaia",
    roles: ["agent"],
    language: "en",
    presence: "ready",
    pause_reason: null,
    duty: "idle",
    device: "reachable",
    state: { kind: "ready", since: ago(143), why: "chosen", by: null },
    endpoint: "cti-phone-01",
    since: ago(143),
    idle_since: ago(143),
    next: null,
    missed: 0,
    routable: true,
    ...more,
  };
}

function call(state, more = {}) {
  return {
    id: IX,
    state: "active",
    direction: "inbound",
    queue: { id: "qu-1", name: "Service" },
    caller: {
      number: "+34910470123",
      display: "+34 910 47 01 23",
      name: "TALLERES NORTE",
      withheld: false,
      zones: ["Europe/Madrid"],
    },
    did: "+34 900 800 700",
    language: "es",
    arrived_at: ago(52),
    queued_at: ago(49),
    answered_at: state === "offered" ? null : ago(41),
    ended_at: state === "wrapping" ? ago(12) : null,
    end_reason: null,
    match: "known",
    customer_id: MARISOL.id,
    candidate_ids: [],
    recording: state !== "offered",
    from_fallback: false,
    stint: {
      id: "st-9",
      state,
      leg: "leg-1",
      offered_at: ago(7),
      joined_at: state === "offered" ? null : ago(221),
      held_since: state === "held" ? ago(34) : null,
      held_seconds: 0,
      wrapping_since: state === "wrapping" ? ago(14) : null,
      wrap_deadline: state === "wrapping" ? ahead(46) : null,
      extended: 0,
    },
    ...more,
  };
}

const offer = () => ({
  id: `of-${now()}`,
  interaction_id: IX,
  state: "pending",
  leg: "leg-1",
  made_at: ago(6),
  deadline: ahead(14),
  ringing_at: ago(5),
});
const pop = (customer, candidates = []) => ({
  interaction_id: IX,
  customer,
  candidates,
  timeline: customer ? { entries: history(30), next: "30" } : { entries: [], next: null },
  tickets: customer ? TICKETS : [],
});

const base = (more) => ({
  me: me(),
  offer: null,
  call: null,
  pop: null,
  queues: QUEUES,
  waiting: WAITING(),
  link: { switch: "up" },
  settings: SETTINGS,
  ...more,
});
const stranger = (match, number) => ({
  match,
  customer_id: null,
  candidate_ids: match === "maybe" ? ["cu-2", "cu-3"] : [],
  caller: { number, display: number && "+44 20 7946 0958", name: null, withheld: !number },
  language: "en",
});

const dial = (more) => ({
  id: "at-1",
  interaction_id: "ix-1",
  state: "dialing",
  number: "+34600111222",
  display: "600 11 12 22",
  customer_id: MARISOL.id,
  asked_at: ago(9),
  dialed_at: ago(7),
  ringing_at: null,
  ended_at: null,
  outcome: null,
  ...more,
});

export const SCENES = {
  ready: () => base({}),
  crowd: () => base({ waiting: CROWD() }),
  out: () => base({ me: me({ presence: "out", since: null, device: "lost", endpoint: null }) }),
  paused: () => base({ me: me({ presence: "paused", pause_reason: "lunch", since: ago(912) }) }),
  missed: () => base({ me: me({ presence: "paused", pause_reason: "missed", missed: 2, since: ago(75) }) }),
  lost: () => base({ me: me({ device: "lost", routable: false }), link: { switch: "down" } }),
  ringing: () =>
    base({ me: me({ duty: "reserved" }), offer: offer(), call: call("offered"), pop: pop(MARISOL) }),
  taken: () =>
    base({
      me: me({
        state: { kind: "ready", since: ago(1), why: "answered_elsewhere", by: "Tomás Aguirre" },
        taken: { offer_id: "of-1", by: "Tomás Aguirre" },
      }),
    }),
  talking: () => base({ me: me({ duty: "busy" }), call: call("joined"), pop: pop(MARISOL) }),
  dialling: () =>
    base({
      me: me({ duty: "reserved" }),
      call: call("dialling", { direction: "outbound", did: "", queued_at: null }),
      dial: dial({ ringing_at: ago(4) }),
      pop: pop(MARISOL),
    }),
  unreached: () => base({ dial: dial({ state: "ended", ended_at: ago(3), outcome: "busy" }) }),
  next: () =>
    base({
      me: me({ duty: "busy", next: { presence: "paused", reason: "lunch" } }),
      call: call("joined"),
      pop: pop(MARISOL),
    }),
  held: () => base({ me: me({ duty: "busy" }), call: call("held"), pop: pop(MARISOL) }),
  wrapup: () => base({ me: me({ duty: "wrapping" }), call: call("wrapping"), pop: pop(MARISOL) }),
  maybe: () =>
    base({
      me: me({ duty: "busy" }),
      call: call("joined", stranger("maybe", "+442079460958")),
      pop: pop(null, [OTHERS[0], OTHERS[1]]),
    }),
  unknown: () =>
    base({
      me: me({ duty: "reserved" }),
      offer: offer(),
      call: call("offered", stranger("unknown", "+442079460958")),
      pop: pop(null),
    }),
  withheld: () =>
    base({ me: me({ duty: "busy" }), call: call("joined", stranger("withheld", null)), pop: pop(null) }),
  long: () =>
    base({ me: me({ duty: "busy" }), call: call("joined", { customer_id: "cu-5" }), pop: pop(OTHERS[3]) }),
};
