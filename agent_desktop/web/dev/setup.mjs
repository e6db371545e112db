// What the mock server says of queues, outcomes and the do-not-call list; changes are kept.

import { ago } from "./clock.mjs";
import { HOURS_ENDINGS, HOURS_ROUTES, newHours } from "./hours.mjs";

const HANG_UP = { kind: "hang_up", queue_id: null, number: null, announcement_id: "nobody" };
const TO_MAIN = { kind: "queue", queue_id: "main", number: null, announcement_id: null };
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
  progress_seconds: 10,
  everyone: true,
  groups: [],
  members: [],
  skills: {},
  evaluation: "all",
  steps: [],
  priority: 0,
  sticky_seconds: 0,
  sticky_days: 30,
  owner_seconds: 0,
  owner_first: false,
  resume_seconds: 60,
  dids: [],
  announce: { welcome: null, position: false, wait: false, first_seconds: 20, every_seconds: 60 },
  hours_id: null,
  closed: { to: { kind: "hang_up", queue_id: null, number: null, announcement_id: "closed" } },
  overflow: [],
  empty: { join: [], join_to: HANG_UP, leave: [], leave_to: HANG_UP, grace_seconds: 60 },
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

const announcement = (id, name, sounds, version = 1, always = false) => ({
  id,
  name,
  sounds,
  version,
  always,
});

const change = (id, edit, undoes = null) => ({
  id,
  at: ago(3600),
  actor: "st-1",
  actor_name: "Amaia Lindqvist",
  undoes,
  edits: [edit],
});

export const newSetup = () => ({
  ...newHours(),
  queues: [
    queue("main", "Service"),
    queue("orders", "Orders and deliveries for the whole of the northern region", {
      strategy: "ring_all",
      wrap_mode: "mandatory",
      wrap_seconds: 0,
      everyone: false,
      groups: ["first_line"],
      members: ["st-2", "st-4"],
      skills: { english: 3, fridges: 2 },
      evaluation: "best",
      steps: [
        { after_seconds: 30, skills: { english: 2 }, groups: [] },
        { after_seconds: 90, skills: {}, groups: ["second_line"] },
      ],
      priority: 60,
      hours_id: "office",
      dids: ["+34 910 000 002", "902"],
      announce: { welcome: "hello", position: true, wait: true, first_seconds: 15, every_seconds: 45 },
      overflow: [
        { when: "waited", seconds: 60, percent: 0, groups: ["second_line"], to: null },
        { when: "service_level", seconds: 20, percent: 80, groups: [], to: TO_MAIN },
        { when: "nobody_ready", seconds: 30, percent: 0, groups: [], to: HANG_UP },
      ],
      empty: {
        join: ["none_signed_in"],
        join_to: TO_MAIN,
        leave: ["all_paused", "none_signed_in"],
        leave_to: HANG_UP,
        grace_seconds: 45,
      },
    }),
  ],
  skills: [
    { id: "english", name: "English", version: 1 },
    { id: "fridges", name: "Refrigerators, freezers and everything else that has to stay cold", version: 1 },
  ],
  groups: [
    { id: "first_line", name: "First line", version: 1 },
    { id: "second_line", name: "Second line", version: 1 },
  ],
  announcements: [
    announcement("hello", "Good morning, orders and deliveries for the whole of the northern region", {
      en: ["custom/hello-orders", "queue-periodic-announce"],
      es: ["custom/hello-orders"],
    }),
    announcement("closed", "Closed", { en: ["vm-nobodyavail", "vm-goodbye"] }, 0, true),
    announcement("nobody", "Nobody there", { en: ["vm-nobodyavail", "vm-goodbye"] }, 0, true),
    announcement(
      "position",
      "Our place",
      { en: ["queue-thereare", "number:position"], pt_BR: ["oi"] },
      4,
      true,
    ),
  ],
  profiles: [
    { id: "st-2", name: "Tomás Aguirre", skills: { english: 4 }, groups: ["first_line"], version: 1 },
    {
      id: "st-4",
      name: "Maximiliana Wolfeschlegelsteinhausenbergerdorff de la Vega",
      skills: { english: 2, fridges: 5 },
      groups: ["first_line", "second_line"],
      version: 1,
    },
  ],
  changes: [
    change("su-3", { kind: "queue", id: "main", name: "Service", what: "changed", fields: ["ring_seconds"] }),
    change("su-2", { kind: "skill", id: "english", name: "English", what: "created", fields: [] }, "su-1"),
    change("su-1", { kind: "dispositions", id: "dispositions", name: "", what: "changed", fields: [] }),
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

export const of = (world) => (world.setup ??= newSetup());
const bad = [422, { error: { id: "bad_pattern", message: "bad", details: { fields: { number: "bad" } } } }];

const meanwhile = (id, version, current) => [
  409,
  { error: { id, message: id, details: { version, current } } },
];

const slug = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, "_");

const named = (rows, { name }) => {
  const row = { id: slug(name), name, version: 1 };
  rows.push(row);
  return [201, { ...row, change: "su-9" }];
};

/** A rename, or a removal; refused for what somebody has. */
const ofNamed =
  (kind) =>
  (world, { method, path, body }) => {
    const id = path.split("/").pop();
    const there = of(world)[kind].find((one) => one.id === id);
    const used = of(world).profiles.some((one) =>
      kind === "skills" ? id in one.skills : one.groups.includes(id),
    );
    if (method === "DELETE" && used)
      return [409, { error: { id: "setup_in_use", message: "used", details: { name: id, used_by: [] } } }];
    if (method === "DELETE") of(world)[kind] = of(world)[kind].filter((one) => one !== there);
    else Object.assign(there, { name: body.name, version: there.version + 1 });
    return [200, { id, version: there.version, change: "su-9" }];
  };

export const SETUP_ROUTES = {
  ...HOURS_ROUTES,
  "GET /api/queues": (world) => [
    200,
    {
      queues: of(world).queues,
      people: { "st-2": "Tomás Aguirre", "st-4": "Maximiliana Wolfe de la Vega" },
      hardly: world.hardly ?? {},
    },
  ],
  "POST /api/queues": (world, { body }) => {
    const id = slug(body.name);
    of(world).queues.push(queue(id, body.name, { ...body, version: 7 }));
    return [201, { id, version: 7, change: "su-9" }];
  },
  "GET /api/skills": (world) => [200, { skills: of(world).skills }],
  "GET /api/groups": (world) => [200, { groups: of(world).groups }],
  "POST /api/skills": (world, { body }) => named(of(world).skills, body),
  "POST /api/groups": (world, { body }) => named(of(world).groups, body),
  "GET /api/announcements": (world) => [200, { announcements: of(world).announcements }],
  "POST /api/announcements": (world, { body }) => {
    const row = announcement(slug(body.name), body.name, body.sounds);
    of(world).announcements.unshift(row);
    return [201, { id: row.id, version: 1, change: "su-9" }];
  },
  "GET /api/profiles": (world) => [200, { profiles: of(world).profiles }],
  "GET /api/setup/changes": (world) => [200, { items: of(world).changes, next: null }],
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
  ...HOURS_ENDINGS,
  [
    "/api/queues/",
    (world, { method, path, body }) => {
      const there = of(world).queues.find(({ id }) => path.endsWith(id));
      if (method === "DELETE") {
        of(world).queues = of(world).queues.filter((one) => one !== there);
        return [200, { id: there.id, version: 0, change: "su-9" }];
      }
      const { version } = there;
      if (body.version !== version) return meanwhile("queue_changed", version, there);
      Object.assign(there, body, { version: version + 1 });
      return [200, { version: version + 1 }];
    },
  ],
  ["/api/skills/", ofNamed("skills")],
  ["/api/groups/", ofNamed("groups")],
  [
    "/api/announcements/",
    (world, { method, path, body }) => {
      const id = path.split("/").pop();
      const there = of(world).announcements.find((one) => one.id === id);
      if (method === "DELETE" && of(world).queues.some(({ announce }) => announce.welcome === id))
        return [409, { error: { id: "setup_in_use", message: "used", details: { name: id, used_by: [] } } }];
      if (method === "DELETE")
        of(world).announcements = of(world).announcements.filter((one) => one !== there);
      else Object.assign(there, body, { version: there.version + 1 });
      return [200, { id, version: there.version, change: "su-9" }];
    },
  ],
  [
    "/api/profiles/",
    (world, { path, body }) => {
      const id = path.split("/").pop();
      const kept = of(world).profiles.filter((one) => one.id !== id);
      of(world).profiles = [...kept, { id, name: id, ...body, version: body.version + 1 }];
      return [200, { id, version: body.version + 1, change: "su-9" }];
    },
  ],
  [
    "/api/setup/changes/",
    (world, { path }) => {
      const undone = path.split("/")[4];
      const { changes } = of(world);
      changes.unshift({
        ...changes.find(({ id }) => id === undone),
        id: `su-${changes.length + 1}`,
        undoes: undone,
      });
      return [200, { change: changes[0].id }];
    },
  ],
];
