// A line of a call's journal as a person would say it.

import { spell, turnedAway } from "../../desk/details";
import { dispositionWords, wordFor } from "../../desk/words";
import { t, tryT } from "../../i18n";
import type { CallLine, Names, TraceLine } from "./types";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What happened, with today's names; a line that came later than this page is told by its own name. */
export function lineWords({ type, actor, error, facts }: TraceLine, names: Names): string {
  const person = (id: unknown): string => names.people[text(id)] ?? text(id);
  const queue = (id: unknown): string => names.queues[text(id)] ?? text(id);
  const outcome = text(facts.disposition_id);
  const said = tryT(`trace.${type}${variant(type, facts)}`, spaced(type), {
    agent: person(facts.agent_id),
    by: person(facts.by ?? actor),
    queue: queue(facts.queue_id),
    was: queue(facts.was),
    tier: Number(facts.tier ?? 0) + 1,
    talk: spell(Number(facts.talk_seconds ?? 0)),
    outcome: outcome ? dispositionWords(names.outcomes[outcome] ?? outcome) : "–",
  });
  return [said, because(type, facts, person), error && refused(error)].filter(Boolean).join(" · ");
}

/** In the words in which the one who asked was told. */
const refused = (error: string): string =>
  t("trace.refused", { why: tryT(`error.${error}`, error, { by: "–", name: "–" }) });

function variant(type: string, facts: TraceLine["facts"]): string {
  if (type === "OfferMade" && facts.picked) return "_picked";
  if (type === "CallerIdentified") return `_${text(facts.match) || "unknown"}`;
  if (type === "InteractionEnded") return `_${text(facts.state)}`;
  return "";
}

/** The reason of the line, where it gives one. */
function because(type: string, facts: TraceLine["facts"], person: (id: unknown) => string): string {
  if (type === "CallerTold") return toldWords(facts);
  const reason = text(facts.reason ?? facts.when ?? facts.problem ?? facts.repair ?? facts.action);
  if (!reason || reason === facts.state) return "";
  if (type === "CallerMoved") return tryT(`moved.${reason}`, spaced(reason));
  if (type === "CallerDismissed")
    return tryT(`title.turned_away_${reason}`, tryT(`moved.${reason}`, spaced(reason)));
  if (type === "TierTaken") return tryT(`moved.overflow_${reason}`, spaced(reason));
  if (type === "OfferEnded") return tryT(`ending.${reason}`, spaced(reason), { by: person(facts.by) });
  return wordFor("cause", reason);
}

/** The figures in what a caller was told. */
function toldWords({ position, minutes }: TraceLine["facts"]): string {
  const said = [
    position ? t("trace.told_position", { position: Number(position) }) : "",
    minutes ? t("trace.told_minutes", { minutes: Number(minutes) }) : "",
  ];
  return said.filter(Boolean).join(", ");
}

/** AgentLegUp -> Agent leg up */
function spaced(type: string): string {
  const words = type
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/_/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How a call ended, or that it goes on. */
export function endWords({ state, answered_at, ended_at, end_reason }: CallLine): string {
  if (!ended_at) return t("calls.going_on");
  if (end_reason?.startsWith("turned_away")) return turnedAway(end_reason);
  if (state === "abandoned") return t("calls.abandoned");
  return t(answered_at ? "calls.closed" : "calls.over");
}
