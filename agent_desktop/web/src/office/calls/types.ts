// Past calls as the server tells them.

import type { Iso, WhyOffer } from "../../types";

export interface CallLine {
  id: string;
  at: Iso;
  direction: string;
  display: string;
  withheld: boolean;
  customer_id: string | null;
  queue_id: string;
  state: string;
  end_reason: string | null;
  answered_at: Iso | null;
  ended_at: Iso | null;
  /** Seconds; null where nobody waited. */
  waited: number | null;
  expected: number | null;
  agents: string[];
}

export interface ListedCall extends CallLine {
  queue: string;
  agent_names: string[];
}

export interface TraceLine {
  seq: number;
  at: Iso;
  kind: "fact" | "command" | "event";
  type: string;
  actor: string | null;
  error: string | null;
  facts: Record<string, unknown>;
}

export type Names = Record<"people" | "queues" | "skills" | "groups" | "outcomes", Record<string, string>>;

export interface Trace {
  call: CallLine;
  lines: TraceLine[];
  more: boolean;
  offers: WhyOffer[];
  names: Names;
}
