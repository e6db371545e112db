// What the set-up pages read and write, and between which bounds a number may be.

import { t } from "../../i18n";
import type { Problems } from "../../ui/form";
import { type Announce, announceOf, announceValues, type AnnounceValues, checkAnnounce } from "./announce";
import {
  checkWaysOut,
  destination,
  type Destination,
  emptyRules,
  reaches,
  tier,
  type WaysOut,
} from "./waysout";

export const COUNTS = {
  ring_seconds: [5, 120],
  render_ms: [0, 2000],
  misses_to_pause: [0, 20],
  no_answer_delay: [0, 600],
  reject_delay: [0, 600],
  busy_delay: [0, 600],
  wrap_seconds: [0, 3600],
  wrap_extend_seconds: [5, 3600],
  wrap_extensions: [0, 20],
  lost_phone_seconds: [0, 120],
  progress_seconds: [1, 120],
  priority: [0, 3600],
  sticky_seconds: [0, 600],
  sticky_days: [1, 3650],
  owner_seconds: [0, 600],
  resume_seconds: [0, 600],
} as const satisfies Record<string, readonly [number, number]>;

export type Count = keyof typeof COUNTS;

export const STRATEGIES = [
  "longest_idle",
  "fewest_calls",
  "least_talk",
  "round_robin",
  "top_down",
  "random",
  "ring_progressively",
  "ring_all",
] as const;

interface Named {
  name: string;
  strategy: string;
  wrap_mode: string;
}

/** Skills by id, each with a level of 1 to 5. */
export type Levels = Record<string, number>;

export interface Step {
  after_seconds: number;
  skills: Levels;
  groups: string[];
}

interface Served {
  groups: string[];
  members: string[];
  skills: Levels;
  evaluation: string;
  steps: Step[];
}

export type QueueSettings = {
  id: string;
  version: number;
  everyone: boolean;
  dids: string[];
  announce: Announce;
  owner_first: boolean;
} & Named &
  Served &
  WaysOut &
  Opens &
  Record<Count, number>;

/** `who` serves: everyone or some; `dids` as they are typed; `first` is the last agent or the owner. */
export type QueueValues = { who: string; dids: string; first: string } & Named &
  Served &
  WaysOut &
  AnnounceValues &
  Opens &
  Record<Count, string>;

/** Its hours (null: always open), and where those go who come while it is closed. */
export interface Opens {
  hours_id: string | null;
  closed: { to: Destination };
}

/** A skill or a group. */
export interface NamedRow {
  id: string;
  name: string;
  version: number;
}

/** What a person can do; `id` is the person's. */
export interface Profile {
  id: string;
  name: string;
  skills: Levels;
  groups: string[];
  version: number;
}

/** What the set-up pages offer to choose from. */
export interface Known {
  skills: NamedRow[];
  groups: NamedRow[];
}

/** The same for a queue; `queues` are the others. */
export interface KnownToQueue extends Known {
  queues: Choice[];
  announcements: Choice[];
}

export interface Choice {
  id: string;
  name: string;
}

export const FLAGS = [
  "human_answered",
  "sale",
  "customer_contact",
  "callback",
  "not_interested",
  "do_not_call",
  "unworkable",
  "completed",
] as const;

export interface Outcome {
  id: string;
  label: string;
  key: string;
  flags: string[];
  labels: Record<string, string>;
  queues: string[];
}

/** All outcomes, in order, under the version of the list. */
export interface Outcomes {
  version: number;
  dispositions: Outcome[];
}

/** Makes a change on the outcomes that are there now; `used` are ids that no new one may take. Null: not on these. */
export type Work = (now: Outcome[], used: string[]) => Outcome[] | null;

export interface Forbidden {
  id: string;
  pattern: string;
  reason: string;
  added_at: string | null;
  expires_at: string | null;
}

const COUNT_NAMES = Object.keys(COUNTS) as Count[];

export function valuesOf(queue: QueueSettings): QueueValues {
  const { name, strategy, wrap_mode, groups, members, skills, evaluation, steps } = queue;
  const counts = COUNT_NAMES.map((each) => [each, String(queue[each])]);
  return {
    name,
    strategy,
    wrap_mode,
    who: queue.everyone ? "everyone" : "some",
    groups,
    members,
    skills,
    evaluation,
    steps,
    dids: queue.dids.join(", "),
    overflow: queue.overflow.map(tier),
    empty: emptyRules(queue.empty),
    ...announceValues(queue.announce),
    hours_id: queue.hours_id,
    closed: { to: destination(queue.closed.to) },
    first: queue.owner_first ? "owner" : "last_agent",
    ...(Object.fromEntries(counts) as Record<Count, string>),
  };
}

const DID = /^\+?\d[\d .-]{0,30}$/;

const listed = (written: string): string[] =>
  written
    .split(/[,;\n]/)
    .map((each) => each.trim())
    .filter(Boolean);

export function checkQueue(values: QueueValues): Problems {
  const found: Problems = values.name.trim() ? {} : { name: t("setup.need_name") };
  for (const each of COUNT_NAMES) {
    const [min, max] = COUNTS[each];
    const written = values[each].trim();
    if (!/^\d+$/.test(written) || Number(written) < min || Number(written) > max)
      found[each] = t("setup.between", { min, max });
  }
  if (listed(values.dids).some((each) => !DID.test(each))) found.dids = t("setup.dids_wrong");
  if (values.who === "some" && values.groups.length + values.members.length === 0)
    found.members = t("setup.nobody");
  if (values.hours_id && !reaches(destination(values.closed.to))) found.closed = t("tier.wrong_to");
  return { ...found, ...checkWaysOut(values), ...checkAnnounce(values) };
}

/** What is different from `before`, as the server takes it. */
export function changesOf(values: QueueValues, before: QueueSettings): Partial<QueueSettings> {
  const counts = COUNT_NAMES.map((each) => [each, Number(values[each])]);
  const { strategy, wrap_mode, groups, members, skills, evaluation, steps } = values;
  const served = { everyone: values.who === "everyone", groups, members, skills, evaluation, steps };
  const all = {
    name: values.name.trim(),
    strategy,
    wrap_mode,
    ...served,
    dids: listed(values.dids),
    overflow: values.overflow.map(tier),
    empty: emptyRules(values.empty),
    announce: announceOf(values),
    hours_id: values.hours_id,
    closed: { to: destination(values.closed.to) },
    owner_first: values.first === "owner",
    ...Object.fromEntries(counts),
  };
  const told = (value: unknown): string => JSON.stringify(value);
  const was = {
    ...before,
    overflow: before.overflow.map(tier),
    empty: emptyRules(before.empty),
    closed: { to: destination(before.closed.to) },
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => told(was[name as keyof QueueSettings]) !== told(value)),
  ) as Partial<QueueSettings>;
}

/** Whether two say the same in every field. */
export function sameOutcome(one: Outcome, other: Outcome): boolean {
  const told = ({ label, key, flags, queues, labels }: Outcome): string =>
    JSON.stringify([label, key, [...flags].sort(), [...queues].sort(), Object.entries(labels).sort()]);
  return told(one) === told(other);
}

/** The outcome that is offered beside this one under the same digit. */
export function sameKey(mine: Outcome, all: Outcome[]): Outcome | undefined {
  const beside = (one: Outcome): boolean =>
    one.queues.length === 0 || mine.queues.length === 0 || one.queues.some((id) => mine.queues.includes(id));
  return all.find((one) => one.id !== mine.id && mine.key !== "" && one.key === mine.key && beside(one));
}

/** An id for a new outcome: of its name where that has Latin letters, and of no other. */
export function idFor(label: string, taken: string[]): string {
  const plain = label
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
  const base = plain.replace(/^_+|_+$/g, "").slice(0, 50) || "outcome";
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}_${number}`;
    if (!taken.includes(id)) return id;
  }
}

/** What the server tells of all queues. */
export interface Queues {
  queues: QueueSettings[];
  /** Names of those who serve by name. */
  people: Record<string, string>;
  /** Queues that one person alone could serve, or nobody, each with who could; an older server says nothing. */
  hardly?: Record<string, string[]>;
}
