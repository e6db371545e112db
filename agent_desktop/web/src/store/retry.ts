// What becomes of a draft that the server did not take: pure.

import { delay } from "../phone/backoff";

/** `again`: it passes by itself; `gone`: it is not ours any more; `refused`: it would be refused again as it stands. */
export type Fate = "again" | "gone" | "refused";

const PASSES = new Set([0, 401, 403, 408, 425, 429]);

export function fateOf(status: number): Fate {
  if (PASSES.has(status) || status >= 500) return "again";
  return status === 404 ? "gone" : "refused";
}

/** Milliseconds to the next try; a server that names a time is obeyed. */
export function retryIn(tries: number, luck: number, retryAfter: unknown): number {
  const asked = typeof retryAfter === "number" && retryAfter > 0 ? retryAfter * 1000 : 0;
  return Math.max(asked, delay(tries + 1, luck));
}
