// What an entry of the history says beside its title, in one line of words.

import { formatMoney, formatWhen, t, timeThere, tryT } from "../i18n";
import { minute } from "../store/clock";
import type { TimelineEntry } from "../types";
import { dispositionWords, wordFor } from "./words";

type Details = Record<string, unknown>;

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** 74 -> 1 min 14 s */
export function spell(seconds: number): string {
  const m = Math.floor(seconds / 60);
  const s = Math.round(seconds % 60);
  if (m === 0) return t("time.s", { s });
  return m >= 60 ? t("time.hm", { h: Math.floor(m / 60), m: m % 60 }) : t("time.ms", { m, s });
}

/** Why somebody was turned away, of `turned_away_` and the reason, which may be a newer one than we know. */
export function turnedAway(reason: string | null | undefined): string {
  const why = tryT(`moved.${reason?.replace(/^turned_away_/, "")}`, "");
  return tryT(`title.${reason}`, why ? t("title.turned_away_why", { why }) : t("title.turned_away"));
}

/** Calls and notes are titled by the server in plain English; those we say in the reader's language. */
export function titleOf(entry: TimelineEntry): string {
  if (entry.kind === "note" && entry.title === "Note") return t("composer.note");
  if (entry.kind !== "call" || !/^(In|Out)bound call$/.test(entry.title)) return entry.title;
  if (text(entry.details, "end_reason")?.startsWith("gave_up_after")) return t("title.gave_up");
  if (entry.details.outcome === "turned_away") return turnedAway(text(entry.details, "end_reason"));
  const missed = entry.details.outcome === "abandoned";
  return missed ? t("title.abandoned") : tryT(`title.${text(entry.details, "direction")}`, entry.title);
}

/** The details that a person wants to see. `title` is not said twice: ticket numbers often stand in it. */
export function detailWords(details: Details, title = ""): string[] {
  const seconds = number(details, "talk_seconds") ?? number(details, "seconds");
  const amount = number(details, "amount") ?? number(details, "value") ?? number(details, "total");
  const words = [
    text(details, "number"),
    seconds ? spell(seconds) : null,
    text(details, "queue"),
    text(details, "outside") ? t("detail.outside", { number: text(details, "outside") ?? "" }) : null,
    waitWords(details),
    details.resumed === true ? t("returning.resumed") : null,
    dispositionWords(text(details, "disposition") ?? ""),
    wordFor("result", text(details, "result")),
    outcomeWords(details),
    wordFor("stage", text(details, "stage")),
    wordFor("priority", text(details, "priority")),
    text(details, "product"),
    machineOf(details),
    amount === null ? null : formatMoney(amount, text(details, "currency")),
    dueWords(text(details, "due"), text(details, "time_zone")),
    text(details, "recording_problem") ? t("detail.recording_incomplete") : null,
  ];
  return words.filter((each): each is string => Boolean(each) && !title.includes(each ?? ""));
}

/** How long a caller waited, beside what they were expected to. */
function waitWords(details: Details): string | null {
  const waited = number(details, "waited_seconds");
  const expected = number(details, "expected_wait");
  if (waited === null || expected === null || text(details, "direction") === "outbound") return null;
  return t("detail.waited", { waited: spell(waited), expected: spell(expected) });
}

/** Of a call that we made and that reached nobody: what came of it. */
function outcomeWords(details: Details): string | null {
  const outcome = text(details, "direction") === "outbound" ? text(details, "outcome") : null;
  return outcome ? tryT(`outcome.${outcome}`, "") : null;
}

/** The machine an entry is about. */
export function machineOf(details: Details): string | null {
  return text(details, "device") ?? text(details, "model") ?? text(details, "machine");
}

/** A promised time in mine and, where that differs, in the customer's. */
export function dueWords(due: string | null, zone: string | null): string | null {
  if (!due) return null;
  const mine = formatWhen(due, minute.value);
  const theirs = timeThere(zone, Date.parse(due));
  const here = timeThere(HERE, Date.parse(due));
  if (!theirs || theirs.time === here?.time) return t("due.mine", { when: mine });
  return t("due.both", { when: mine, theirs: theirs.time });
}

export function text(details: Details, name: string): string | null {
  const value = details[name];
  return typeof value === "string" && value ? value : null;
}

function number(details: Details, name: string): number | null {
  const value = details[name];
  return typeof value === "number" ? value : null;
}
