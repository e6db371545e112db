// The desk's copy of the server's truth: a snapshot, then numbered changes through one pure `apply`.

import type { Desk } from "../types";

export interface Snapshot {
  epoch: string | number;
  seq: number;
  now: string;
  desk: Desk;
}

export interface Change {
  seq: number;
  now: string;
  set: Partial<Desk>;
}

/** What is known: which run of the server, the last number applied, and the desk after it. */
export interface Replica {
  epoch: string | number;
  seq: number;
  desk: Desk;
}

/** `gap` asks for a resume; `repeated` was applied before and changes nothing. */
export type Verdict = "applied" | "repeated" | "gap";

/** Each top-level key is replaced whole. */
export function apply(desk: Desk, set: Partial<Desk>): Desk {
  return { ...desk, ...set };
}

export function adopt(snapshot: Snapshot): Replica {
  return { epoch: snapshot.epoch, seq: snapshot.seq, desk: snapshot.desk };
}

export function receive(
  replica: Replica | null,
  change: Change,
): { replica: Replica | null; verdict: Verdict } {
  if (replica === null || change.seq > replica.seq + 1) return { replica, verdict: "gap" };
  if (change.seq <= replica.seq) return { replica, verdict: "repeated" };
  return {
    replica: { epoch: replica.epoch, seq: change.seq, desk: apply(replica.desk, change.set) },
    verdict: "applied",
  };
}

/** Where to resume from; after a gap right behind a resume the copy is not trusted any more. */
export function cursor(
  replica: Replica | null,
  distrust: boolean,
): { epoch: string | number | null; seq: number | null } {
  if (replica === null || distrust) return { epoch: null, seq: null };
  return { epoch: replica.epoch, seq: replica.seq };
}
