// What the mock server says of past calls and of what was decided.

import { ago } from "./clock.mjs";

const call = (id, more = {}) => ({
  id,
  at: ago(620),
  direction: "inbound",
  display: "600 11 12 22",
  withheld: false,
  customer_id: "cu-1",
  queue_id: "orders",
  state: "closed",
  end_reason: "hung_up",
  answered_at: ago(537),
  ended_at: ago(60),
  waited: 83.2,
  expected: 95,
  agents: ["st-2"],
  ...more,
});
const listed = (row, ...agent_names) => ({ ...row, queue: "Orders and spare parts", agent_names });

const CALLS = [
  listed(call("ix-9", { state: "active", ended_at: null, at: ago(140) }), "Maximiliana Wolfe de la Vega"),
  listed(call("ix-8"), "Tomás Aguirre", "Priya Raman"),
  listed(
    call("ix-7", {
      state: "abandoned",
      agents: [],
      answered_at: null,
      waited: 214,
      display: "+44 20 7946 0958",
    }),
  ),
  listed(call("ix-6", { withheld: true, display: "", waited: 0, at: ago(90_000) }), "Priya Raman"),
  listed(call("ix-5", { direction: "outbound", waited: null, at: ago(95_000) }), "Tomás Aguirre"),
];

const considered = (agent_id, name, verdict, reason, idle_seconds = null, score = null) => ({
  agent_id,
  name,
  verdict,
  reason,
  idle_seconds,
  score,
});
const OFFERS = [
  {
    id: "of-1",
    made_at: ago(570),
    state: "timed_out",
    agents: [
      considered("st-3", "Priya Raman", "chosen", "longest_idle", 143, 143),
      considered("st-2", "Tomás Aguirre", "passed", "idle_for_less_time", 61, 61),
      considered("st-4", "Maximiliana Wolfe de la Vega", "rejected", "lacks_skill_english"),
      considered("st-5", "Ingrid Bergström", "rejected", "paused_lunch"),
    ],
  },
  {
    id: "of-2",
    made_at: ago(540),
    state: "accepted",
    agents: [
      considered("st-2", "Tomás Aguirre", "chosen", "picked", 91, null),
      considered("st-5", "Ingrid Bergström", "passed", "picked_by_another", 12, 12),
      considered("st-3", "Priya Raman", "rejected", "resting"),
    ],
  },
];

let seq = 0;
const line = (age, kind, type, facts = {}, more = {}) => ({
  seq: (seq += 1),
  at: ago(age),
  kind,
  type,
  actor: null,
  error: null,
  facts,
  ...more,
});
const LINES = [
  line(620, "event", "CallerArrived", { did: "905" }),
  line(620, "fact", "CallerIdentified", { match: "known", level: "gold" }),
  line(619, "event", "InteractionQueued", { queue_id: "main" }),
  line(600, "event", "TierTaken", { queue_id: "main", tier: 0, when: "waited", to: "queue" }),
  line(600, "event", "CallerMoved", { queue_id: "orders", was: "main", reason: "overflow_waited" }),
  line(570, "event", "OfferMade", { offer_id: "of-1", agent_id: "st-3" }),
  line(569, "event", "AgentLegRinging"),
  line(549, "event", "OfferEnded", {
    offer_id: "of-1",
    agent_id: "st-3",
    state: "timed_out",
    reason: "no_answer",
  }),
  line(541, "command", "PickCall", {}, { actor: "st-4", error: "pick_not_served" }),
  line(540, "command", "PickCall", {}, { actor: "st-2" }),
  line(540, "event", "OfferMade", { offer_id: "of-2", agent_id: "st-2", picked: true }),
  line(537, "event", "StintJoined", { agent_id: "st-2" }),
  line(300, "command", "HoldCall", {}, { actor: "st-2" }),
  line(299, "event", "CallerHeld"),
  line(62, "event", "CallerLeft"),
  line(60, "event", "InteractionEnded", { state: "closed" }),
  line(40, "event", "SomethingNewer", { reason: "of_tomorrow" }),
  line(30, "event", "StintEnded", { agent_id: "st-2", talk_seconds: 474, disposition_id: "resolved" }),
];
const TRACE = {
  call: call("ix-8", { agents: ["st-3", "st-2"] }),
  lines: LINES,
  more: false,
  offers: OFFERS,
  names: {
    people: { "st-2": "Tomás Aguirre", "st-3": "Priya Raman", "st-4": "Maximiliana Wolfe de la Vega" },
    queues: { main: "Service", orders: "Orders and spare parts" },
    skills: { english: "English" },
    groups: {},
    outcomes: { resolved: "Resolved" },
  },
};

export const CALL_ROUTES = {
  "GET /api/calls": () => [200, { items: CALLS, next: null }],
  "GET /api/calls/ix-8": () => [200, TRACE],
};
