// Where a queue's callers are sent on, and what makes it come: the shapes, and the same as sentences.

import { t } from "../../i18n";
import { nameIn } from "./skilllevels";
import type { KnownToQueue } from "./shapes";

/** A kind more stands here and in its words (`way_to.…`), and its field in destination.tsx. */
export const KINDS = ["queue", "outside", "hang_up"] as const;
export type Kind = (typeof KINDS)[number];

export interface Destination {
  kind: Kind;
  queue_id?: string | null;
  number?: string | null;
  announcement_id?: string | null;
}

export const WHENS = ["waited", "expected_wait", "service_level", "nobody_ready"] as const;
export type When = (typeof WHENS)[number];

export interface Tier {
  when: When;
  seconds: number;
  percent: number;
  groups: string[];
  to?: Destination | null;
}

export const FACTORS = ["nobody_ready", "all_paused", "all_busy", "none_signed_in"] as const;
export type Factor = (typeof FACTORS)[number];

export interface EmptyRules {
  join: Factor[];
  join_to: Destination;
  leave: Factor[];
  leave_to: Destination;
  grace_seconds: number;
}

export interface WaysOut {
  overflow: Tier[];
  empty: EmptyRules;
}

const DAY = 86_400;

/** Without what is empty: so two say the same where they mean the same. */
export const destination = ({ kind, queue_id, number, announcement_id }: Destination): Destination => {
  if (kind === "queue") return { kind, queue_id: queue_id ?? "" };
  if (kind === "outside") return { kind, number: (number ?? "").trim() };
  return { kind, ...(announcement_id ? { announcement_id } : {}) };
};

export const tier = ({ when, seconds, percent, groups, to }: Tier): Tier => ({
  when,
  seconds,
  percent: when === "service_level" ? percent : 0,
  groups: to ? [] : groups,
  ...(to ? { to: destination(to) } : {}),
});

export const emptyRules = (rules: EmptyRules): EmptyRules => ({
  ...rules,
  join_to: destination(rules.join_to),
  leave_to: destination(rules.leave_to),
});

/** Whether all is said that it wants to know. */
export const reaches = (to: Destination): boolean =>
  (to.kind !== "queue" || Boolean(to.queue_id)) &&
  (to.kind !== "outside" || /^\+\d{6,15}$/.test((to.number ?? "").trim()));

/** What is wrong with a tier, in words; nothing when it can be. */
function wrong(one: Tier): string | undefined {
  if (one.seconds > DAY || (one.seconds < 1 && one.when !== "nobody_ready")) return t("tier.wrong_seconds");
  if (one.when === "service_level" && (one.percent < 1 || one.percent > 100)) return t("tier.wrong_percent");
  if (!one.to && one.groups.length === 0) return t("tier.wrong_groups");
  return one.to && !reaches(one.to) ? t("tier.wrong_to") : undefined;
}

export function checkWaysOut({ overflow, empty }: WaysOut): { overflow?: string; empty?: string } {
  const at = overflow.findIndex((one) => wrong(one));
  const found: { overflow?: string; empty?: string } = {};
  if (at >= 0) found.overflow = `${at + 1}: ${wrong(overflow[at] as Tier)}`;
  const used = [
    ...(empty.join.length > 0 ? [empty.join_to] : []),
    ...(empty.leave.length > 0 ? [empty.leave_to] : []),
  ];
  if (!used.every(reaches)) found.empty = t("tier.wrong_to");
  return found;
}

export function whereTo(to: Destination, known: KnownToQueue): string {
  if (to.kind === "queue")
    return t("way.says_queue", { name: nameIn(known.queues, to.queue_id ?? "") || "…" });
  if (to.kind === "outside") return t("way.says_outside", { number: to.number || "…" });
  return t(to.announcement_id ? "way.says_announced" : "way.says_hang_up");
}

export function tierSentence(one: Tier, known: KnownToQueue): string {
  const { seconds, percent } = one;
  const when = t(`tier_says.${one.when}`, { seconds, percent });
  if (one.to) return `${when} ${whereTo(one.to, known)}`;
  const names = one.groups.map((id) => nameIn(known.groups, id)).join(", ");
  return `${when} ${t("way.says_groups", { names: names || "…" })}`;
}

export const tiersInWords = (tiers: Tier[], known: KnownToQueue): string =>
  tiers.map((one) => tierSentence(one, known)).join(" · ");

export function emptyInWords(rules: EmptyRules, known: KnownToQueue): string {
  const factors = (all: Factor[]): string => all.map((one) => t(`factor.${one}`)).join(", ");
  const { join, leave, grace_seconds: seconds } = rules;
  const said: string[] = [];
  if (join.length > 0) said.push(`${t("empty.join")}: ${factors(join)}; ${whereTo(rules.join_to, known)}`);
  if (leave.length > 0)
    said.push(
      `${t("empty.leave")}: ${factors(leave)}; ${t("empty.after", { seconds })} ${whereTo(rules.leave_to, known)}`,
    );
  return said.join(" · ") || t("empty.nothing");
}
