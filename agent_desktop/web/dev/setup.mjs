// What the mock server says of queues, outcomes and the do-not-call list; changes are kept.

import { ago } from "./clock.mjs";

const queue = (id, name, more = {}) => ({
  id,
  name,
  strategy: "longest_idle",
  ring_seconds: 20,
  render_ms: 300,
  wrap_mode: "optional",
  wrap_seconds: 60,
  wrap_extend_seconds: 60,
  wrap_extensions: 3,
  misses_to_pause: 2,
  no_answer_delay: 10,
  reject_delay: 5,
  busy_delay: 15,
  lost_phone_seconds: 20,
  version: 1,
  ...more,
});
const outcome = (id, label, key, flags, more = {}) => ({
  id,
  label,
  key,
  flags,
  labels: {},
  queues: [],
  ...more,
});

export const newSetup = () => ({
  queues: [
    queue("main", "Service"),
    queue("orders", "Orders and deliveries for the whole of the northern region", {
      strategy: "ring_all",
      wrap_mode: "mandatory",
      wrap_seconds: 0,
    }),
  ],
  version: 1,
  /** The ids that outcomes have or had. */
  seen: new Set(["resolved", "sale", "silent"]),
  dispositions: [
    outcome("resolved", "Resolved", "1", ["human_answered", "customer_contact", "completed"]),
    outcome("sale", "Order taken", "2", ["sale", "completed"], {
      queues: ["orders"],
      labels: { es: "Pedido" },
    }),
    outcome("silent", "Nobody spoke", "", ["unworkable"]),
  ],
  forbidden: [
    {
      id: "dnc-3",
      list: "own",
      pattern: "+34600111222",
      reason: "asked by mail",
      added_by: "st-1",
      added_at: "2026-03-02T09:00:00Z",
      expires_at: null,
    },
    {
      id: "dnc-2",
      list: "own",
      pattern: "+3480*",
      reason: "",
      added_by: "st-1",
      added_at: "2026-03-01T09:00:00Z",
      expires_at: "2027-03-01T09:00:00Z",
    },
  ],
});

const of = (world) => (world.setup ??= newSetup());
const bad = [422, { error: { id: "bad_pattern", message: "bad", details: { fields: { number: "bad" } } } }];

const meanwhile = (id, version, current) => [
  409,
  { error: { id, message: id, details: { version, current } } },
];

export const SETUP_ROUTES = {
  "GET /api/queues": (world) => [200, { queues: of(world).queues }],
  "GET /api/dispositions": (world) => {
    const { version, dispositions } = of(world);
    return [200, { version, dispositions }];
  },
  "PUT /api/dispositions": (world, { body }) => {
    const { version, dispositions } = of(world);
    if (body.version !== version) return meanwhile("dispositions_changed", version, dispositions);
    const [now, next] = [dispositions, body.dispositions].map((all) => all.map(({ id }) => id));
    const used = [...of(world).seen].filter((id) => !now.includes(id));
    if (next.some((id) => used.includes(id)))
      return [409, { error: { id: "outcome_id_used", message: "used", details: { used } } }];
    for (const id of next) of(world).seen.add(id);
    Object.assign(of(world), body, { version: version + 1 });
    return [200, { version: version + 1 }];
  },
  "GET /api/do-not-call": (world, { query }) => {
    const [words, limit] = [query.get("q") ?? "", of(world).page ?? 50];
    const digits = words.replace(/[^+\d]/g, "");
    const fits = ({ id, pattern, reason }) =>
      (!query.get("after") || id < query.get("after")) &&
      (!words || (digits && pattern.includes(digits)) || reason.includes(words));
    const items = of(world).forbidden.filter(fits);
    return [200, { items: items.slice(0, limit), next: items[limit] ? items[limit - 1].id : null }];
  },
  "POST /api/do-not-call": (world, { body }) => {
    if (!/^\+?\d{6,}$|^\+\d+\*$/.test(body.number)) return bad;
    const made = {
      id: `dnc-${of(world).forbidden.length + 2}`,
      list: "own",
      pattern: body.number,
      ...body,
      added_at: ago(0),
    };
    of(world).forbidden.unshift(made);
    return [200, made];
  },
};

export const SETUP_ENDINGS = [
  [
    "/api/queues/",
    (world, { path, body }) => {
      const there = of(world).queues.find(({ id }) => path.endsWith(id));
      const { version } = there;
      if (body.version !== version) return meanwhile("queue_changed", version, there);
      Object.assign(there, body, { version: version + 1 });
      return [200, { version: version + 1 }];
    },
  ],
];
