// How to name a caller: the customer, else what the network said, else the number.

import { t } from "../i18n";
import type { Call, CustomerCard, Pop } from "../types";
import type { SipCall } from "./callview";

export function callerName(call: Call | null, pop: Pop | null, sip: SipCall | null): string {
  if (pop?.customer && pop.interaction_id === call?.id) return pop.customer.name;
  if (call) return saidName(call) || callerNumber(call, null) || t("caller.withheld");
  return sip?.name || sip?.number || t("caller.withheld");
}

/** The name that the network sent; what a switch writes for a caller who hides says nothing. */
function saidName({ caller }: Call): string {
  const name = caller.name ?? "";
  return caller.withheld && /^(anonymous|unknown|private|restricted)/i.test(name) ? "" : name;
}

export function callerNumber(call: Call | null, sip: SipCall | null): string {
  if (call) return call.caller.withheld ? "" : call.caller.display || call.caller.number || "";
  return sip?.number ?? "";
}

/** Up to two letters for the round picture. */
export function initials(name: string): string {
  if (name === t("caller.withheld")) return "";
  const words = name
    .replace(/[^\p{L} ]/gu, "")
    .split(" ")
    .filter(Boolean);
  const first = words[0]?.[0] ?? "";
  const last = words.length > 1 ? (words.at(-1)?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}

/** A number of the customer as people there write it; as it came when it is none of theirs. */
export function nationalOf(customer: CustomerCard | null, number: string): string {
  return customer?.numbers.find(({ e164 }) => e164 === number)?.national || number;
}

/** The zones that a number of the customer can be in: its own, never those of their address. */
export function zonesOf(customer: CustomerCard | null, number: string): readonly string[] {
  return customer?.numbers.find(({ e164 }) => e164 === number)?.zones ?? [];
}
