// How well we hear: loss, jitter and delay of the last seconds, as one of three words.

import { effect, signal } from "@preact/signals";
import { call } from "../store/live";

export type Quality = "good" | "fair" | "poor";

export interface Sample {
  received: number;
  lost: number;
  jitter: number;
  delay: number;
}

export const quality = signal<Quality | null>(null);

/** `jitter` and `delay` (round trip) in seconds. No packet at all is poor. */
export function judge(before: Sample, after: Sample): Quality {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  if (received <= 0) return "poor";
  const loss = lost / (received + lost);
  if (loss > 0.05 || after.jitter > 0.06 || after.delay > 0.5) return "poor";
  if (loss > 0.015 || after.jitter > 0.03 || after.delay > 0.3) return "fair";
  return "good";
}

let timer: ReturnType<typeof setInterval> | undefined;
let before: Sample | null = null;

export function watchQuality(connection: RTCPeerConnection | null): void {
  clearInterval(timer);
  quality.value = null;
  if (!connection) return;
  before = null;
  timer = setInterval(async () => {
    const after = onHold() ? null : await sample(connection).catch(() => null);
    if (before && after) quality.value = judge(before, after);
    before = after;
  }, 3000);
}

/** On hold nothing is heard; seconds in which that began or ended say nothing of the line. */
function onHold(): boolean {
  return call.value?.stint?.state === "held";
}

effect(() => {
  if (onHold()) before = null;
});

async function sample(connection: RTCPeerConnection): Promise<Sample> {
  const found: Sample = { received: 0, lost: 0, jitter: 0, delay: 0 };
  for (const report of (await connection.getStats()).values()) {
    if (report.type === "inbound-rtp" && report.kind === "audio") {
      found.received = report.packetsReceived ?? 0;
      found.lost = report.packetsLost ?? 0;
      found.jitter = report.jitter ?? 0;
    }
    if (report.type === "candidate-pair" && report.nominated) found.delay = report.currentRoundTripTime ?? 0;
  }
  return found;
}
