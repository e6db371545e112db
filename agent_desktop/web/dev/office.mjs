// What the mock server says of people, teams, the audit and one's own account.

import { ago as before } from "./clock.mjs";
import { CALL_ROUTES } from "./calls.mjs";
import { SETUP_ENDINGS, SETUP_ROUTES } from "./setup.mjs";

const ago = (days) => before(days * 86_400);

/** The rights of an administrator, as the server names them. */
export const ADMIN = {
  session_own: "own",
  session_manage: "all",
  user_read: "all",
  user_manage: "all",
  audit_read: "all",
  setup_read: "all",
  setup_write: "all",
  do_not_call_add: "all",
  do_not_call_manage: "all",
};

/** Somebody who sets up and watches over a team as well. */
export const WATCHES = { ...ADMIN, call_watch: "team" };

const person = (id, name, roles, more = {}) => ({
  id,
  login: id,
  name,
  email: `${id}@example.org`,
  roles,
  language: "en",
  team_id: "te-1",
  leads: [],
  active: true,
  must_change: false,
  second_step: false,
  created_at: ago(400),
  signed_in_at: ago(0),
  version: 3,
  ...more,
});

const PEOPLE = [
  person("amaia", "Amaia Lindqvist", ["admin"], { id: "st-1", second_step: true, team_id: null }),
  person("st-2", "Tomás Aguirre", ["agent", "engineer", "sales"]),
  person("st-3", "Priya Raman", ["supervisor"], { leads: ["te-1"], must_change: true, signed_in_at: null }),
  person("st-4", "Maximiliana Wolfeschlegelsteinhausenbergerdorff de la Vega", ["telemarketer"], {
    active: false,
  }),
];

const TEAM = {
  id: "te-1",
  name: "First line",
  version: 1,
  people: PEOPLE.slice(1).map(({ id, name, roles, active, leads }) => ({
    id,
    name,
    roles,
    active,
    member: true,
    lead: leads.length > 0,
  })),
};

const line = (seq, action, subject, details = {}) => ({
  seq,
  at: ago(seq % 3),
  actor: "st-1",
  actor_name: "Amaia Lindqvist",
  actor_login: "amaia",
  action,
  subject,
  subject_name: PEOPLE.find(({ id }) => id === subject)?.name ?? null,
  subject_login: PEOPLE.find(({ id }) => id === subject)?.login ?? null,
  subject_is: null,
  subject_gone: false,
  call: null,
  ip: "192.0.2.7",
  details,
});

const about = (kind, name, made) => ({
  ...made,
  subject_name: name,
  subject_is: kind,
  subject_gone: name === null && kind !== "ticket",
});

const call = (who, outbound = false, customer_gone = false) => ({ at: ago(1), outbound, who, customer_gone });
const ofCall = (about, made) => ({ ...made, subject_is: "call", subject_gone: about === null, call: about });
const nobody = { actor: "unknown", actor_name: null, actor_login: null, subject_login: null };

const AUDIT = [
  about(
    "queue",
    "Orders and returns",
    line(18, "queue_changed", "orders", { changed: ["ring_seconds: 20 -> 25"] }),
  ),
  about("queue", null, line(17, "queue_changed", "closed", { changed: ["name: Old -> Older"] })),
  about("entry", "+34600111222", line(16, "do_not_call_added", "dnc-1", { list: "own" })),
  about("entry", null, line(15, "do_not_call_added", "dnc-2", { list: "own" })),
  about("note", "Marisol Etxeberria", line(14, "note_written", "no-1", { customer: "Marisol Etxeberria" })),
  about("note", null, line(13, "note_written", "no-2", { customer: null })),
  ofCall(call("Marisol Etxeberria"), line(12, "caller_linked", "ix-42", { customer: "Marisol Etxeberria" })),
  line(11, "staff_changed", "st-2", {
    changed: ["roles"],
    roles: ["agent"],
    roles_before: ["agent", "sales"],
  }),
  line(10, "team_member_set", "st-3", { team: "First line", member: true, lead: true }),
  line(9, "sign_in_begun", "st-1", { next: "code", session: "aa8c7c520b76", method: "password" }),
  { ...line(8, "sign_in_failed", "unknown", { login: "0f3a" }), ...nobody },
  line(7, "staff_created", "st-2", { login: "tomas", roles: ["agent"] }),
  ofCall(call("+34600111222", true), line(6, "recordings_listed", "ix-43", { count: 2 })),
  ofCall(call(null), line(5, "do_not_call_unreadable", "ix-44")),
  ofCall(call(null, false, true), line(4, "recordings_listed", "ix-45", { count: 1 })),
  ofCall(null, line(3, "recordings_listed", "ix-46", { count: 1 })),
  about("entry", "+34600111333", {
    ...line(2, "do_not_call_added", "dnc-3", { list: "own", call: "ix-47" }),
    call: call("+34600111333"),
  }),
  { ...line(1, "sign_in_failed", "st-1", { login: "0f3b" }), actor: "st-1" },
];

const SECURITY = {
  has_password: true,
  second_step_at: ago(3),
  second_step_required: false,
  recovery_codes_left: 7,
};

const QR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h3v3H1zM5 5h3v3H5z"/></svg>';
const ENROLMENT = {
  secret: "NM6T5A4WVWIHHOB2UZVMX4QDEKFYDS5K",
  uri: "otpauth://totp/Trunkline:amaia?secret=NM6T5A4WVWIHHOB2",
  svg: QR,
};
const CODES = Array.from({ length: 10 }, (_, i) => `XA7${i}-UWEN-KKOW-QWCT`);

const page = (items) => () => [200, { items, next: null }];
const found = (list, path) => [200, list.find(({ id }) => path.endsWith(`/${id}`)) ?? list[0]];

/** As the server: refused with what is there, when it is not the version that was looked at. */
function renamed(team, { name, version }) {
  if (name === undefined) return [200, team];
  const details = { version: team.version, current: { name: team.name } };
  if (version !== team.version) return [409, { error: { id: "team_changed", message: "changed", details } }];
  return [200, Object.assign(team, { name, version: version + 1 })];
}

/** Exact routes, as in `mock.mjs`. */
export const OFFICE_ROUTES = {
  ...SETUP_ROUTES,
  ...CALL_ROUTES,
  "GET /api/people": (_, { query }) => [
    200,
    { items: PEOPLE.filter(({ name }) => name.toLowerCase().includes(query.get("q") ?? "")), next: null },
  ],
  "POST /api/people": () => [201, { person: PEOPLE[1], password: "zbec-trsc-usnn-vbyf" }],
  "GET /api/teams": page([TEAM]),
  "GET /api/audit": page(AUDIT),
  "GET /api/audit/actions": page(AUDIT.map(({ action }) => action)),
  "GET /api/audit/chain": () => [
    200,
    {
      whole: true,
      lines: 5,
      last_hash: "0f".repeat(32),
      checked_at: ago(0),
      broken_at: null,
      broken_how: null,
    },
  ],
  "GET /api/me/security": () => [200, SECURITY],
  "POST /api/me/second-step": () => [200, ENROLMENT],
  "POST /api/me/recovery-codes": () => [200, { recovery_codes: CODES }],
  "POST /api/sign-in/enrolment": () => [200, ENROLMENT],
  "POST /api/sign-in/enrolment/code": (world) => [
    200,
    {
      recovery_codes: CODES,
      account: { id: "st-1", stage: "open", language: world.language, csrf_token: "token" },
    },
  ],
};

/** By a part of the path. */
export const OFFICE_ENDINGS = [
  ...SETUP_ENDINGS,
  ["/attempts", () => [200, { passwords: 23, codes: 0, places: 21, delay_seconds: 30 }]],
  ["/api/people/", (_, { path }) => found(PEOPLE, path)],
  ["/api/teams/", (world, { body }) => renamed((world.team ??= { ...TEAM }), body)],
];
