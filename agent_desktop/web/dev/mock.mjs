// Development server: pages under the strict CSP, REST, socket.io and a small SIP peer, with invented data.
// POST /mock/scene/NAME shows a scene; /mock/ring lets the phone ring; /mock/cut drops the browser's line.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "socket.io";
import { ago, now } from "./clock.mjs";
import { OFFICE_ENDINGS, OFFICE_ROUTES } from "./office.mjs";
import { history, MARISOL, OTHERS, TICKETS } from "./sample.mjs";
import { SCENES } from "./scenes.mjs";
import { sipPeer } from "./sip.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws:; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PAGE = (
  script,
  language,
  head = "",
) => `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>Trunkline</title>
<meta name="viewport" content="width=device-width"><meta name="csrf-token" content="token">${head}<link rel="icon" href="/static/icon-idle.svg">
<link rel="stylesheet" href="/static/desk.css"><script type="module" src="/static/${script}.js"></script></head><body><div id="app"></div></body></html>`;

export async function startMock(port = 0) {
  const world = { seq: 1, epoch: "mock", desk: SCENES.ready(), long: history(400), language: "en" };
  Object.assign(world, { drafts: new Map(), phones: [], rights: {} });
  const server = createServer((request, response) => void answer(world, request, response));
  const io = new Server(server, { serveClient: false });
  world.io = io;
  world.sip = sipPeer(server);
  io.on("connection", (socket) => {
    const { epoch, seq } = socket.handshake.auth;
    world.auth = socket.handshake.auth;
    if (epoch !== world.epoch || seq !== world.seq) socket.emit("snapshot", snapshot(world));
    socket.on("rendered", (_, ack) => ack({ ok: true }));
    socket.on("probe", (_, ack) => world.deaf || ack({ epoch: world.epoch, seq: world.seq }));
    socket.on("phone_here", ({ kept }) => world.phones.push({ tab: socket.handshake.auth.tab, kept }));
  });
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    url,
    world,
    show: (scene) => show(world, scene),
    push: (set) => push(world, set),
    close: () => (io.close(), server.closeAllConnections(), server.close()),
  };
}

const snapshot = (world) => ({
  epoch: world.epoch,
  seq: world.seq,
  now: ago(0),
  desk: { ...world.desk, me: { ...world.desk.me, language: world.language } },
});

function push(world, set) {
  world.seq += 1;
  world.desk = { ...world.desk, ...set };
  world.io.emit("change", { seq: world.seq, now: ago(0), set });
}

function show(world, scene) {
  push(world, SCENES[scene]());
}

async function answer(world, request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://mock");
  if (pathname.startsWith("/socket.io") || pathname === "/ws") return;
  const page = pageOf(pathname);
  if (page)
    return send(
      response,
      200,
      PAGE(page, request.headers["accept-language"]?.slice(0, 2) ?? "en", world.head),
      "text/html",
      {
        "Content-Security-Policy": CSP,
      },
    );
  if (pathname.startsWith("/static/")) return file(pathname.slice(8), response);
  const body = await read(request);
  const [status, data] = reply(world, request.method, pathname, searchParams, body);
  send(response, status, data === undefined ? "" : JSON.stringify(data), "application/json");
}

function pageOf(path) {
  if (path === "/account" || path.startsWith("/admin")) return "office";
  return { "/": "desk", "/sign-in": "sign-in" }[path];
}

function reply(world, method, path, query, body) {
  const route = `${method} ${path}`;
  if (world.out && path.startsWith("/api/")) return refuse(401, "not_signed_in");
  if (world.away && path.startsWith("/api/")) return refuse(503, "engine_busy");
  const found = ROUTES[route] ?? ENDINGS.find(([ending]) => path.includes(ending))?.[1];
  if (found) return found(world, { method, path, query, body });
  return method === "GET" ? refuse(404, "not_found") : [204, undefined];
}

const PEOPLE = [MARISOL, ...OTHERS];
const done = () => [200, {}];

const ROUTES = {
  ...OFFICE_ROUTES,
  "POST /mock/ring": (world) => done(world.sip.ring()),
  "POST /mock/cut": (world) => done(world.io.disconnectSockets(true)),
  "POST /api/sign-in": (world, { body }) => {
    if (body.password === "wrong") return refuse(401, "sign_in_failed");
    return body.login === "many"
      ? refuse(429, "too_many_attempts", { retry_after: 120 })
      : [200, account(world)];
  },
  "GET /api/me": (world) => [200, account(world)],
  "PATCH /api/me": (world, { body }) => [200, account(Object.assign(world, body))],
  "GET /api/desk/phone": () => [
    200,
    { endpoint: "cti-phone-01", secret: "s", ws_url: "/ws", domain: "127.0.0.1", ice_servers: [] },
  ],
  "PUT /api/desk/presence": (world, { body }) => done(presence(world, world.desk.me, body)),
  "GET /api/sessions": () => [200, { items: sessions() }],
  "GET /api/drafts": (world) => [200, { items: [...world.drafts.values()] }],
  "GET /api/draft": (world, { query }) => [
    200,
    { draft: world.drafts.get(`${query.get("scope")}/${query.get("ref")}`) ?? null },
  ],
  "GET /api/dial/number": (world, { query }) =>
    number(query.get("number"), query.get("customer_id") ? world.customerClock : null),
  "POST /api/dial": (world, { body }) => {
    world.dialled = body;
    return [200, { attempt_id: show(world, "dialling") ?? "at-1" }];
  },
  "GET /api/customers": (_, { query }) => [200, { items: hits(query.get("q").toLowerCase()) }],
};

/** A number that ends in 112 is an emergency, in 9999 on the do-not-call list; one that begins with +1 is somewhere where it is night. `customer` is the clock where its customer lives. */
function number(written, customer = null) {
  if (/112$/.test(written)) return refuse(422, "number_emergency");
  const abroad = written.trim().startsWith("+1");
  const clock = { time: abroad ? "03:12" : "11:12", day: "2026-03-02", late: abroad };
  const zones = abroad ? ["America/New_York"] : ["Atlantic/Canary", "Europe/Madrid"];
  const e164 = `+${written.replace(/\D/g, "")}`;
  const known = { e164, display: written, region: abroad ? "US" : "ES" };
  const warnings = [...(abroad ? ["night"] : []), ...(customer?.late ? ["customer_night"] : [])];
  return [
    200,
    {
      ...known,
      local: [{ ...clock, zones }],
      customer,
      warnings,
      forbidden: /9999$/.test(written) ? "company" : null,
      costly: null,
    },
  ];
}

function hits(words) {
  if (/^t/.test(words) && TICKETS.some((each) => each.number.toLowerCase().startsWith(words)))
    return TICKETS.map((each) => ({
      ...MARISOL,
      found: { by: "ticket", text: `${each.number} ${each.subject}`, ref: each.id },
    }));
  return PEOPLE.filter((each) => JSON.stringify(each).toLowerCase().includes(words)).map((each) => ({
    ...each,
    found: each.name.toLowerCase().includes(words)
      ? { by: "name", text: "", ref: null }
      : { by: "number", text: each.numbers[0].national, ref: null },
  }));
}

/** By a part of the path, the first that fits. */
const ENDINGS = [
  ["/mock/scene/", (world, { path }) => done(show(world, path.split("/").at(-1)))],
  ["/api/drafts/", (world, { path, body }) => kept(world, path.split("/").slice(-2), body)],
  ["/timeline", (world, { query }) => [200, page(world, query)]],
  ["/sessions", () => [200, { items: sessions() }]],
  ...OFFICE_ENDINGS,
  ["/devices", () => [200, { items: [] }]],
  ["/notes", (world, { body }) => [201, note(world.desk.me.name, body.text)]],
  [
    "/tickets",
    (_, { body }) =>
      body.description === "bad"
        ? refuse(422, "invalid_input", { fields: { subject: "Already used today." } })
        : [201, { ...TICKETS[0], number: "T2026-000419", subject: body.subject }],
  ],
  ["/api/tickets/", (_, { path }) => [200, TICKETS.find(({ id }) => path.endsWith(id))]],
  ["/why", () => [200, why()]],
  [
    "/pick",
    (world) =>
      world.picked ? refuse(409, "pick_ringing", { by: world.picked }) : done(show(world, "ringing")),
  ],
  ["/extend", (world) => done(push(world, { call: extended(world.desk.call) }))],
  ["/wrap-up", (world) => done(show(world, "ready"))],
  ["/hold", (world) => done(show(world, "held"))],
  ["/resume", (world) => done(show(world, "talking"))],
  ["/decline", (world) => done(world.sip.cancel(), show(world, "ready"))],
  ["/hang-up", (world) => done(world.sip.cancel(), show(world, "ready"))],
  ["/api/customers/", (_, { path }) => [200, PEOPLE.find(({ id }) => path.endsWith(id))]],
  ["/customer", (world) => done(show(world, "talking"))],
];

const NOTE_LIMIT = 20_000;

/** As the server: too long is refused; `world.draftsRefused` is an answer that a test wants instead. */
function kept(world, place, body) {
  world.draftTries = (world.draftTries ?? 0) + 1;
  if (world.draftsRefused) return refuse(...world.draftsRefused);
  if (body.note?.length > NOTE_LIMIT) return refuse(422, "invalid_input");
  return done(keep(world, place, body));
}

function keep(world, [scope, ref], body) {
  const key = `${scope}/${ref}`;
  if (!body.note && !body.ticket && !body.disposition) return world.drafts.delete(key);
  const at = ago(0);
  return world.drafts.set(key, {
    scope,
    ref,
    customer_id: null,
    ...body,
    staff_id: "st-1",
    staff_name: "Amaia",
    at,
  });
}

const note = (staff_name, body) => ({
  id: `no-${now()}`,
  at: ago(0),
  kind: "note",
  title: "Note",
  body,
  status: null,
  ref: null,
  staff_name,
  details: {},
});
const refuse = (status, id, details = {}) => [status, { error: { id, message: id, details } }];
const account = (world) => ({
  stage: "open",
  rights: world.rights,
  id: "st-1",
  name: "Amaia Lindqvist",
  login: "amaia",
  roles: ["agent"],
  language: world.language,
  csrf_token: "token",
});
const extended = (call) => ({
  ...call,
  stint: {
    ...call.stint,
    wrap_deadline: new Date(Date.parse(call.stint.wrap_deadline) + 30_000).toISOString(),
    extended: 1,
  },
});

function presence(world, about, { presence: chosen, reason }) {
  const since = ago(0);
  if (about.duty === "idle")
    push(world, { me: { ...about, presence: chosen, pause_reason: reason, since, missed: 0 } });
  else push(world, { me: { ...about, next: { presence: chosen, reason } } });
}

function page(world, query) {
  const kind = query.get("kind");
  const all = kind ? world.long.filter((each) => each.kind === kind) : world.long;
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Number(query.get("limit") ?? 30);
  return { entries: all.slice(from, to), next: to < all.length ? String(to) : null };
}

const sessions = () => [
  {
    id: "se-1",
    created_at: ago(0),
    seen_at: ago(0),
    ip: "127.0.0.1",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36",
    places: ["127.0.0.1"],
    method: "totp",
    current: true,
  },
  {
    id: "se-2",
    created_at: ago(0),
    seen_at: ago(90_000),
    ip: "192.0.2.7",
    user_agent: "Mozilla/5.0 (Windows NT 10.0) Firefox/143.0",
    places: ["192.0.2.7", "198.51.100.4"],
    method: "password",
    current: false,
  },
];

const why = () => ({
  offers: [
    {
      id: "of-1",
      made_at: ago(0),
      state: "pending",
      agents: [
        {
          agent_id: "st-1",
          name: "Amaia Lindqvist",
          verdict: "chosen",
          reason: "longest_idle",
          idle_seconds: 143,
        },
        {
          agent_id: "st-2",
          name: "Tomás Aguirre",
          verdict: "passed",
          reason: "longest_idle",
          idle_seconds: 61,
        },
        {
          agent_id: "st-3",
          name: "Priya Raman",
          verdict: "rejected",
          reason: "paused_lunch",
          idle_seconds: 900,
        },
      ],
    },
  ],
});

function file(name, response) {
  const path = normalize(join(dist, name));
  if (!path.startsWith(dist)) return send(response, 404, "");
  try {
    return send(response, 200, readFileSync(path), TYPES[extname(path)] ?? "text/plain");
  } catch {
    return send(response, 404, "");
  }
}

function send(response, status, body, type = "text/plain", headers = {}) {
  response.writeHead(status, { "Content-Type": `${type}; charset=utf-8`, ...headers });
  response.end(body);
}

async function read(request) {
  let text = "";
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startMock(Number(process.env.PORT ?? 0));
  console.log(`desk ${url}/   sign-in ${url}/sign-in   scenes: ${Object.keys(SCENES).join(" ")}`);
}
