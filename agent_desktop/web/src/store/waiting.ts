// Callers who wait, as a list that does not move under a hand, and whether one of them can be picked now.

import { computed } from "@preact/signals";
import type { Me, WaitingRow } from "../types";
import { canAsk, call, desk, me, offer } from "./live";

export const waiting = computed(() => desk.value?.waiting ?? null);

/** Without whom I am offered or serve already: of those my own screen is the first to know. */
export const waitingRows = computed<WaitingRow[]>(() => {
  const mine = [offer.value?.interaction_id, call.value?.id];
  return waiting.value?.rows.filter(({ id }) => !mine.includes(id)) ?? [];
});

export interface Shown {
  row: WaitingRow;
  gone: boolean;
}

/** The rows to show. While the list is held each stays where it is: what has gone is said, who is new comes last. */
export function steady(before: readonly Shown[], live: readonly WaitingRow[], held: boolean): Shown[] {
  const fresh = (row: WaitingRow): Shown => ({ row, gone: false });
  if (!held) return live.map(fresh);
  const now = new Map(live.map((row) => [row.id, row]));
  const known = new Set(before.map(({ row }) => row.id));
  return [
    ...before.map(({ row }) => ({ row: now.get(row.id) ?? row, gone: !now.has(row.id) })),
    ...live.filter(({ id }) => !known.has(id)).map(fresh),
  ];
}

export type Block = "stale" | "link" | "out" | "busy" | "no_phone";

/** Why I can pick nobody just now; null when I can. A pause is no hindrance, nor a rest after a missed call. */
export function blockOf(
  who: Pick<Me, "presence" | "duty" | "device">,
  link: string,
  asks: boolean,
): Block | null {
  if (!asks) return "stale";
  if (link !== "up") return "link";
  if (who.presence === "out") return "out";
  if (who.duty !== "idle") return "busy";
  return who.device === "lost" ? "no_phone" : null;
}

export const pickBlock = computed<Block | null>(() =>
  me.value ? blockOf(me.value, desk.value?.link.switch ?? "down", canAsk.value) : "stale",
);
