// Invented people and their histories for the development server. Deterministic but for the clock.

import { ago, ahead } from "./clock.mjs";
const DAY = 86_400;

const SPANISH_MOBILE = ["Atlantic/Canary", "Europe/Madrid"];

const card = (id, name, more = {}) => ({
  id,
  name,
  kind: "person",
  level: "standard",
  language: "en",
  number: "+442079460958",
  numbers: [{ e164: "+442079460958", national: "020 7946 0958", label: "work", zones: ["Europe/London"] }],
  email: null,
  company: null,
  city: "London",
  country: "GB",
  time_zone: "Europe/London",
  since: ago(900 * DAY),
  open_tickets: 0,
  open_opportunities: 0,
  callbacks: 0,
  owner: null,
  ...more,
});

export const MARISOL = card("cu-1", "Marisol Etxeberria Quintana", {
  level: "gold",
  language: "es",
  number: "+34910470123",
  numbers: [
    { e164: "+34910470123", national: "910 47 01 23", label: "work", zones: ["Europe/Madrid"] },
    {
      e164: "+34655012345",
      national: "655 01 23 45",
      label: "mobile",
      zones: SPANISH_MOBILE,
    },
  ],
  email: "m.etxeberria@talleresnorte.example",
  company: "Talleres Norte S.L.",
  city: "Bilbao",
  country: "ES",
  time_zone: "Europe/Madrid",
  since: ago(2900 * DAY),
  open_tickets: 2,
  open_opportunities: 1,
  callbacks: 1,
  owner: "Ingrid Solheim",
});

export const OTHERS = [
  card("cu-2", "Daniel Okafor", { company: "Harbour Print Works", level: "silver", open_tickets: 1 }),
  card("cu-3", "Grace Okafor", { company: "Harbour Print Works", city: "Leeds" }),
  card("cu-4", "Harbour Print Works", { kind: "company", level: "vip", open_opportunities: 2 }),
  card("cu-5", "Wilhelmina Konstantinopolskaya-Vandenbroucke de la Fuente", {
    city: "Rotterdam",
    country: "NL",
  }),
];

const DONE = [
  [
    "call",
    "Asked when the service engineer comes",
    "Confirmed Thursday morning. She asked for the same engineer as last time.",
    {
      talk_seconds: 214,
      queue: "Service",
      disposition: "Solved",
      direction: "inbound",
      phone: "+34655012345",
    },
  ],
  [
    "repair",
    "Feed roller replaced on press 2",
    "Worn after 1.2 million sheets. Next inspection in six months; roller kit put on the van.",
    { device: "Ardent P400 press", serial: "P4-20871", seconds: 5400 },
  ],
  ["mail", "Price list for roller kits sent", null, {}],
  [
    "note",
    "Prefers to be called after 15:00",
    "In the mornings she is on the shop floor and does not hear the phone.",
    {},
  ],
  [
    "order",
    "Order 2026-1184 delivered",
    "4 × roller kit, 2 × cleaning fluid.",
    { amount: 1840, currency: "EUR", product: "Roller kit" },
  ],
  [
    "call",
    "Callback: quote for maintenance plan",
    "Interested, wants to compare with the present contract. Asked for the list of what is covered, how fast somebody comes, and what happens on public holidays in the Basque Country; promised an answer in writing by the end of the week, with the conditions for a second machine at the same address.",
    { talk_seconds: 431, queue: "Sales", disposition: "Callback agreed", direction: "outbound" },
  ],
  [
    "visit",
    "Yearly inspection",
    "Both presses in good order; counters read.",
    { device: "Ardent P250 press", serial: "P2-11904" },
  ],
  ["campaign", "Autumn service offer", "Reached, interested.", { disposition: "Interested" }],
  [
    "ticket",
    "Paper jam after software update",
    "Solved by rolling back to 4.2; update 4.4 fixes it.",
    { product: "Ardent P400 press", priority: "high" },
  ],
];

const OPEN = [
  [
    "ticket",
    "Press 1 stops after warm-up",
    "Error 47 after about ten minutes, twice today.",
    2 * 3600,
    { priority: "urgent", product: "Ardent P250 press" },
  ],
  ["opportunity", "Maintenance plan for two presses", null, 3 * DAY, { amount: 6400, currency: "EUR" }],
  ["callback", "Promised: availability of engineer", "Tomorrow, 10:00 in Bilbao.", 5 * 3600, {}],
];

/** `count` entries, newest first, the open ones near the top. */
export function history(count, seed = "tl") {
  const entry = (index, kind, title, body, at, details, status) => ({
    id: `${seed}-${String(99_999 - index).padStart(6, "0")}`,
    at,
    kind,
    title,
    body,
    status,
    ref: null,
    staff_name: ["Ingrid Solheim", "Tomás Aguirre", "Priya Raman"][index % 3],
    details,
    zones: details.phone ? SPANISH_MOBILE : [],
  });
  const open = OPEN.map(([kind, title, body, age, details], i) =>
    entry(i, kind, title, body, ago(age), details, "open"),
  );
  const rest = Array.from({ length: Math.max(0, count - open.length) }, (_, i) => {
    const [kind, title, body, details] = DONE[i % DONE.length];
    return entry(
      i + open.length,
      kind,
      title,
      body,
      ago((i * 4.3 + 0.4) * DAY),
      details,
      i % 4 ? "done" : null,
    );
  });
  return [...open, ...rest].sort((a, b) => (a.at < b.at ? 1 : -1));
}

export const TICKETS = [
  {
    id: "ti-1",
    number: "T2026-000418",
    subject: "Press 1 stops after warm-up",
    status: "open",
    priority: "urgent",
    category: "fault",
    product: "Ardent P250 press",
    created_at: ago(7200),
    updated_at: ago(3600),
    description: "Error 47 after about ten minutes.",
    customer_id: "cu-1",
  },
  {
    id: "ti-2",
    number: "T2026-000391",
    subject: "Invoice shows the wrong address",
    status: "waiting",
    priority: "normal",
    category: "billing",
    product: null,
    created_at: ago(6 * DAY),
    updated_at: ago(2 * DAY),
    description: null,
    customer_id: "cu-1",
  },
];

export const SETTINGS = {
  dispositions: [
    ["di-1", "Solved", ["human_answered", "completed"]],
    ["di-2", "Ticket opened", ["human_answered"]],
    ["di-3", "Callback agreed", ["human_answered", "callback"]],
    ["di-4", "Passed on", ["human_answered"]],
    ["di-5", "Sale", ["human_answered", "sale", "completed"]],
    ["di-6", "Wrong number", ["unworkable"]],
    ["di-7", "Nobody there", []],
  ].map(([id, label, flags], i) => ({ id, label, key: String(i + 1), flags })),
  pause_reasons: ["break", "lunch", "training", "admin"],
  wrap_up: { mandatory: false, seconds: 60, extend_seconds: 60, extensions: 3 },
  ring_seconds: 20,
  ticket_categories: ["fault", "billing", "delivery", "question", "complaint"],
  products: [
    "Ardent P250 press",
    "Ardent P400 press",
    "Roller kit",
    "Cleaning fluid",
    "Folding unit F2",
    "Stacker S1",
    "Maintenance plan",
    "Software 4.x",
    "Other",
  ],
  priorities: ["low", "normal", "high", "urgent"],
};

/** Somebody who waits. */
export const waiter = (number, more = {}) => ({
  id: `ix-w${number}`,
  queue_id: "qu-1",
  state: "queued",
  since: ago(95 - number * 11),
  position: number,
  name: null,
  number: `+3460011122${number}`,
  display: `600 11 12 2${number}`,
  withheld: false,
  level: null,
  expected_wait: 140,
  why: null,
  kept_for: null,
  kept_until: null,
  ...more,
});

export const WAITING = () => ({
  total: 2,
  rows: [
    waiter(1, { name: "Ingrid Bergström", level: "vip", expected_wait: 210 }),
    waiter(2, { name: null }),
  ],
});

/** Each kind of row, and more who wait than are shown. */
export const CROWD = () => ({
  total: 1284,
  rows: [
    waiter(1, {
      name: "Maximiliana Wolfe de la Vega y Fernández-Iturralde Montenegro",
      level: "gold",
      since: ago(3715),
    }),
    waiter(2, { state: "offered", why: "ringing", name: "Tomé Duarte" }),
    waiter(3, { withheld: true, number: null, display: "", expected_wait: null }),
    waiter(4, { name: "Ingrid Bergström", level: "vip", kept_for: "Priya Raman", kept_until: ahead(25) }),
    waiter(1, { id: "ix-s1", queue_id: "qu-2", name: "Okafor Ltd", level: "silver" }),
    waiter(5, { state: "in_fallback", why: "fallback" }),
    waiter(6, { why: "looked_up", since: ago(1) }),
    waiter(7, { expected_wait: 38 }),
  ],
});

export const QUEUES = [
  { id: "qu-1", name: "Service", waiting: 2, longest_since: ago(83), open: true, changes_at: null },
  { id: "qu-2", name: "Sales", waiting: 0, longest_since: null, open: false, changes_at: ago(-50000) },
];
