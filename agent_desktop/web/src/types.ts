// The contract with the server: what REST answers and what the desk looks like. Times are ISO 8601 UTC.

export type Iso = string;
export type Presence = "out" | "ready" | "paused";
export type Duty = "idle" | "reserved" | "busy" | "wrapping";
export type Match = "known" | "maybe" | "unknown" | "withheld";
export type Level = "standard" | "silver" | "gold" | "vip";
export type StintState = "offered" | "dialling" | "joined" | "held" | "wrapping" | "done";
export type EntryKind =
  | "call"
  | "note"
  | "ticket"
  | "order"
  | "opportunity"
  | "callback"
  | "campaign"
  | "repair"
  | "mail"
  | "visit";

export type Scope = "own" | "team" | "all";

export interface Account {
  stage: "open";
  rights: Partial<Record<string, Scope>>;
  id: string;
  name: string;
  login: string;
  roles: string[];
  language: string;
  csrf_token: string;
}

export interface Me {
  id: string;
  name: string;
  login: string;
  roles: string[];
  language: string;
  presence: Presence;
  pause_reason: string | null;
  duty: Duty;
  device: "reachable" | "lost";
  /** What people see of me, by the server: since when, the code of why, and the colleague whom that names. */
  state: { kind: string; since: Iso | null; why: string; by: string | null };
  /** The last offer that a colleague answered instead of me. */
  taken?: { offer_id: string; by: string | null } | null;
  endpoint: string | null;
  since: Iso | null;
  idle_since: Iso | null;
  next: { presence: Presence; reason: string | null } | null;
  missed: number;
  routable: boolean;
}

export interface Offer {
  id: string;
  interaction_id: string;
  state: string;
  leg: string | null;
  made_at: Iso;
  deadline: Iso;
  ringing_at: Iso | null;
}

export interface Stint {
  id: string;
  state: StintState;
  leg: string | null;
  offered_at: Iso;
  joined_at: Iso | null;
  held_since: Iso | null;
  held_seconds: number;
  wrapping_since: Iso | null;
  wrap_deadline: Iso | null;
  extended: boolean | number;
  /** What the switch could not do of what was asked last (hold_failed, resume_failed, hang_up_failed). */
  problem?: string | null;
}

export interface Caller {
  number: string | null;
  display: string | null;
  name: string | null;
  withheld: boolean;
  /** Where the number can be; an older server says nothing. */
  zones?: string[];
}

export interface Call {
  id: string;
  state: string;
  direction: string;
  queue: { id: string; name: string } | null;
  /** The queue that the caller was in before this one, and the code of why they left it; an older server says nothing. */
  came_from?: { name: string; why: string | null } | null;
  caller: Caller;
  did: string | null;
  language: string | null;
  arrived_at: Iso;
  queued_at: Iso | null;
  answered_at: Iso | null;
  /** For how many seconds they were expected to wait when they began to; an older server says nothing. */
  expected_wait?: number | null;
  /** They waited for me alone: I talked with them last (last_agent), or they are my customer (owner). */
  preferred?: string | null;
  /** They had hung up shortly before, and have their old place again. */
  resumed?: boolean;
  /** Since when a caller who was answered waits again: their agent's phone was lost. */
  again_since?: Iso | null;
  ended_at: Iso | null;
  end_reason: string | null;
  match: Match | null;
  customer_id: string | null;
  candidate_ids: string[];
  recording: boolean;
  from_fallback: boolean;
  stint: Stint | null;
}

export interface PhoneNumber {
  e164: string;
  national: string;
  label: string | null;
  extension?: string | null;
  /** The person of a company who answers there. */
  contact?: string | null;
  /** A switchboard, which never tells who is calling. */
  shared?: boolean;
  /** Where the number can be, whatever its customer's address; an older server says nothing. */
  zones?: string[];
}

export interface CustomerCard {
  id: string;
  name: string;
  kind: "person" | "company";
  level: Level;
  language: string | null;
  number: string | null;
  numbers: PhoneNumber[];
  email: string | null;
  company: string | null;
  city: string | null;
  country: string | null;
  /** That of their address, not of their numbers. */
  time_zone: string | null;
  since: Iso | null;
  open_tickets: number;
  open_opportunities: number;
  callbacks: number;
  owner: string | null;
}

/** A hit of the search; `found.text` is what of the customer fits, `ref` the id of the ticket. */
export interface FoundCustomer extends CustomerCard {
  found?: {
    by: "name" | "contact" | "number" | "email" | "ticket" | "serial";
    text: string;
    ref: string | null;
  };
}

export interface TimelineEntry {
  id: string;
  at: Iso;
  kind: EntryKind;
  title: string;
  body: string | null;
  status: "open" | "done" | null;
  ref: string | null;
  staff_name: string | null;
  details: Record<string, unknown>;
  /** Where the number in `details` can be; an older server says nothing. */
  zones?: string[];
}

export interface TimelinePage {
  entries: TimelineEntry[];
  next: string | null;
}

export interface Ticket {
  id: string;
  number: string;
  subject: string;
  status: string;
  priority: string;
  category: string | null;
  product: string | null;
  created_at: Iso;
  updated_at: Iso;
  description: string | null;
  customer_id: string;
}

export interface Pop {
  interaction_id: string;
  customer: CustomerCard | null;
  candidates: CustomerCard[];
  timeline: TimelinePage;
  /** Open entries of any age, newest first. */
  open_items?: TimelineEntry[];
  tickets: Ticket[];
  /** What the customer owns, the newest first. */
  devices?: Device[];
}

export interface Device {
  id: string;
  product: string;
  model: string;
  serial: string;
  bought_at: string | null;
  warranty_until: string | null;
}

export interface QueueRow {
  id: string;
  name: string;
  waiting: number;
  longest_since: Iso | null;
  /** Whether it is open, and when that changes; null: never. */
  open: boolean;
  changes_at: Iso | null;
}

/** A caller who waits; `position` is that in their queue. */
export interface WaitingRow {
  id: string;
  queue_id: string;
  state: "queued" | "offered" | "in_fallback";
  since: Iso | null;
  position: number;
  name: string | null;
  number: string | null;
  display: string;
  withheld: boolean;
  level: Level | null;
  /** Seconds that were to be expected when they began to wait; null: not known. */
  expected_wait: number | null;
  /** Why nobody can pick them just now. */
  why: "ringing" | "fallback" | "looked_up" | null;
  /** The colleague for whom they are kept, until then. */
  kept_for: string | null;
  kept_until: Iso | null;
}

/** The first who wait, in the order in which they are served, and how many do in all. */
export interface Waiting {
  total: number;
  rows: WaitingRow[];
}

export interface Disposition {
  id: string;
  label: string;
  /** Names by language, of those that the company has written. */
  labels?: Record<string, string>;
  key: string | number | null;
  flags: string[];
}

/** A choice of the settings: a bare word, or an id with its label. */
export type Choice = string | { id: string; label: string };

export interface Settings {
  dispositions: Disposition[];
  pause_reasons: Choice[];
  /** `seconds` 0: no time-out. */
  wrap_up: { mandatory: boolean; seconds: number; extend_seconds: number; extensions: number };
  ring_seconds: number;
  ticket_categories: Choice[];
  products: Choice[];
  priorities: Choice[];
}

/** One call that an agent makes, from the wish to its end. */
export interface Dial {
  id: string;
  interaction_id: string;
  state: "asked" | "permitted" | "dialing" | "answered" | "bridged" | "ending" | "ended";
  number: string;
  display: string;
  customer_id: string | null;
  asked_at: Iso;
  dialed_at: Iso | null;
  ringing_at: Iso | null;
  ended_at: Iso | null;
  outcome: string | null;
  /** Says more than the outcome, where there is more to say; an older server says nothing. */
  why?: string | null;
}

export interface LocalClock {
  time: string;
  day: string;
  late: boolean;
  zones: string[];
}

export type DialWarning = "night" | "no_zone" | "customer_night";

/** What is known of a number before it is called. */
export interface NumberCard {
  e164: string;
  display: string;
  region: string | null;
  local: LocalClock[];
  /** Where the customer lives, when none of the number's clocks shows the same; an older server says nothing. */
  customer?: LocalClock | null;
  warnings: DialWarning[];
  forbidden: string | null;
  costly: string | null;
}

export interface Desk {
  me: Me;
  offer: Offer | null;
  call: Call | null;
  /** The last call that this agent made; there may be none, and an older server says nothing. */
  dial?: Dial | null;
  pop: Pop | null;
  queues: QueueRow[];
  /** Null for whoever may not pick; an older server says nothing. */
  waiting?: Waiting | null;
  /** `trunk` false: there is no way to call out; an older server says nothing. */
  link: { switch: "up" | "down"; saving?: boolean; trunk?: boolean };
  settings: Settings;
}

export interface PhoneLease {
  endpoint: string;
  secret: string;
  ws_url: string;
  domain: string;
  ice_servers: RTCIceServer[];
}

export interface WhyAgent {
  agent_id: string;
  name: string;
  verdict: "chosen" | "passed" | "rejected";
  reason: string | null;
  idle_seconds: number | null;
  score: number | null;
}

export interface WhyOffer {
  id: string;
  made_at: Iso;
  state: string;
  agents: WhyAgent[];
}

export interface Why {
  offers: WhyOffer[];
  /** What the skills are called that a reason may name by id; an older server says nothing. */
  skills?: Record<string, string>;
}

/** Words begun and not yet sent; `ref` is the interaction or the customer. */
export interface Draft {
  scope: "call" | "customer";
  ref: string;
  customer_id: string | null;
  note: string;
  ticket: string;
  disposition: string;
  staff_id: string;
  staff_name: string;
  at: Iso;
}
