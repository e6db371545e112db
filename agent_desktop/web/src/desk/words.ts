// Words, icons and tones for what the server names by id.

import { formatNumber, type Key, t, tryT } from "../i18n";
import type { StateKind, VisibleState } from "../store/view";
import type { Choice, EntryKind, Level } from "../types";
import type { Tone } from "../ui/basics";
import type { Option } from "../ui/field";
import type { IconName } from "../ui/icon";

export const STATE_LOOK: Record<StateKind, { tone: Tone; icon: IconName }> = {
  ready: { tone: "ready", icon: "check" },
  no_phone: { tone: "alarm", icon: "alert" },
  paused: { tone: "paused", icon: "coffee" },
  missed: { tone: "alarm", icon: "alert" },
  out: { tone: "out", icon: "out" },
  reserved: { tone: "busy", icon: "phone" },
  ringing: { tone: "ready", icon: "incoming" },
  talking: { tone: "busy", icon: "phone" },
  held: { tone: "paused", icon: "pause" },
  wrapping: { tone: "wrap", icon: "wrap" },
};

export const ENTRY_ICON: Record<EntryKind, IconName> = {
  call: "phone",
  note: "note",
  ticket: "ticket",
  order: "order",
  opportunity: "opportunity",
  callback: "callback",
  campaign: "campaign",
  repair: "repair",
  mail: "mail",
  visit: "visit",
};

export const LEVEL_TONE: Record<Level, Tone> = { standard: "out", silver: "out", gold: "gold", vip: "accent" };

export const PRIORITY_TONE: Record<string, Tone> = { urgent: "alarm", high: "paused", normal: "out", low: "out" };

export function reasonWords(reason: string | null): string {
  return reason ? tryT(`reason.${reason}`, humane(reason)) : t("state.paused");
}

export function stateWords(state: VisibleState): string {
  if (state.kind === "paused" && state.reason) return reasonWords(state.reason);
  return t(`state.${state.kind}` as Key);
}

export function presenceWords(presence: string, reason: string | null): string {
  return presence === "paused" ? reasonWords(reason) : tryT(`state.${presence}`, presence);
}

/** The options of a list in the settings, in the reader's language where we have the word. */
export function optionsOf(choices: Choice[], group: string): Option[] {
  return choices.map((each) =>
    typeof each === "string" ? { id: each, label: tryT(`${group}.${each}`, humane(each)) } : each,
  );
}

export function wordFor(group: string, id: string | null): string {
  return id ? tryT(`${group}.${id}`, humane(id)) : "";
}

/** 74 -> 1 min 14 s */
export function spell(seconds: number): string {
  const m = Math.floor(seconds / 60);
  const s = Math.round(seconds % 60);
  if (m === 0) return t("time.s", { s });
  return m >= 60 ? t("time.hm", { h: Math.floor(m / 60), m: m % 60 }) : t("time.ms", { m, s });
}

/** The details of an entry that a person wants to see in one line. */
export function detailWords(details: Record<string, unknown>): string[] {
  const found: string[] = [];
  const seconds = details.talk_seconds ?? details.seconds ?? details.duration_seconds;
  if (typeof seconds === "number") found.push(spell(seconds));
  if (typeof details.direction === "string") found.push(wordFor("direction", details.direction));
  if (typeof details.queue === "string") found.push(details.queue);
  if (typeof details.disposition === "string") found.push(details.disposition);
  if (typeof details.priority === "string") found.push(wordFor("priority", details.priority));
  if (typeof details.product === "string") found.push(details.product);
  if (typeof details.amount === "number") found.push(money(details.amount, details.currency));
  return found;
}

function money(amount: number, currency: unknown): string {
  return typeof currency === "string" ? `${formatNumber(amount)} ${currency}` : formatNumber(amount);
}

function humane(id: string): string {
  const words = id.replace(/[_-]+/g, " ");
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
