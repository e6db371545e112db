// Words, icons and tones for what the server names by id.

import { type Key, language, t, translate, tryT } from "../i18n";
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
  dialling: { tone: "busy", icon: "phone" },
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

export const LEVEL_TONE: Record<Level, Tone> = {
  standard: "out",
  silver: "out",
  gold: "gold",
  vip: "accent",
};

export const PRIORITY_TONE: Record<string, Tone> = {
  urgent: "alarm",
  high: "paused",
  normal: "out",
  low: "out",
};

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

const DISPOSITIONS = [
  "resolved",
  "follow_up",
  "call_back",
  "sale",
  "not_interested",
  "wrong_number",
  "silent",
  "do_not_call",
] as const;

/** The dispositions we bring are said in the reader's language; those of the company as it wrote them. */
export function dispositionWords(label: string, labels: Record<string, string> = {}): string {
  const written = labels[language.value];
  if (written) return written;
  const own = DISPOSITIONS.find((id) => translate(`disposition.${id}`, {}, "en") === label);
  return own ? t(`disposition.${own}`) : label;
}

function humane(id: string): string {
  const words = id.replace(/[_-]+/g, " ");
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** The queue that a caller was in before, and why they left it. */
export const cameFrom = ({ name, why }: { name: string; why: string | null }): string =>
  [name, why && tryT(`moved.${why}`, why)].filter(Boolean).join(" · ");
