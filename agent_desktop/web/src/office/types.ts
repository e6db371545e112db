// The contract with the server for administration pages: people, teams, audit, pages of lists.

import type { Iso } from "../types";

export interface StaffPerson {
  id: string;
  login: string;
  name: string;
  email: string | null;
  roles: string[];
  language: string;
  team_id: string | null;
  leads: string[];
  active: boolean;
  must_change: boolean;
  second_step: boolean;
  created_at: Iso | null;
  signed_in_at: Iso | null;
  version: number;
}

export interface TeamPerson {
  id: string;
  name: string;
  roles: string[];
  active: boolean;
  member: boolean;
  lead: boolean;
}

export interface Team {
  id: string;
  name: string;
  version: number;
  people: TeamPerson[];
}

export interface AuditLine {
  seq: number;
  at: Iso;
  actor: string;
  actor_name: string | null;
  actor_login: string | null;
  action: string;
  subject: string;
  subject_name: string | null;
  subject_login: string | null;
  subject_is: "entry" | "customer" | "note" | "ticket" | "queue" | "call" | null;
  subject_gone: boolean;
  /** The call that the line is about or names; `who` is null when it was withheld or its customer is gone. */
  call: { at: Iso; outbound: boolean; who: string | null; customer_gone: boolean } | null;
  ip: string;
  details: Record<string, unknown>;
}

export interface ChainState {
  whole: boolean;
  lines: number;
  last_hash: string;
  checked_at: Iso;
  broken_at: number | null;
  broken_how: "changed" | "missing" | "cut" | "rewritten" | null;
}

/** A page of a list; `next` leads to the one after it. */
export interface Paged<T, N = string> {
  items: T[];
  next: N | null;
}
