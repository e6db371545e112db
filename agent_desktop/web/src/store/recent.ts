// The calls handled since sign-in, kept for this browser session only.

import { effect, signal } from "@preact/signals";
import { callerName, callerNumber } from "./caller";
import { load, save } from "./local";
import { call, pop } from "./live";

export interface Recent {
  id: string;
  name: string;
  number: string;
  /** What is dialled to reach them again; null when they hid their number. */
  dial: string | null;
  /** Where that number can be; what an older client kept has none. */
  zones?: string[];
  queue: string;
  customerId: string | null;
  at: string;
}

const KEEP = 20;

export const recent = signal<Recent[]>(load<Recent[]>("recent", [], "session"));

/** Remember each call this agent joined, with the best name known. */
export function followCalls(): void {
  effect(() => {
    const now = call.value;
    const joined = now?.stint?.joined_at;
    if (!now || !joined) return;
    const entry: Recent = {
      id: now.id,
      name: callerName(now, pop.value, null),
      number: callerNumber(now, null),
      dial: now.caller.withheld ? null : now.caller.number,
      zones: now.caller.zones ?? [],
      queue: now.queue?.name ?? "",
      customerId: now.customer_id,
      at: joined,
    };
    recent.value = [entry, ...recent.peek().filter((each) => each.id !== now.id)].slice(0, KEEP);
    save("recent", recent.peek(), "session");
  });
}
