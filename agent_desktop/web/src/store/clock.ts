// One clock for every timer: the server's, followed by a monotonic local one.

import { computed, signal } from "@preact/signals";

/** Beyond this the two clocks were set apart (sleep, a changed clock): begin again. */
const JUMP_MS = 2000;

/** Milliseconds since the epoch by the browser's monotonic clock. */
export function localNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Messages arrive late, never early: the greatest difference seen is the truest. */
export function nextOffset(previous: number | null, server: number, local: number): number {
  const seen = server - local;
  if (previous === null || Math.abs(seen - previous) > JUMP_MS) return seen;
  return Math.max(previous, seen);
}

let offset: number | null = null;

export function heard(now: string): void {
  const server = Date.parse(now);
  if (!Number.isNaN(server)) offset = nextOffset(offset, server, localNow());
}

export function serverNow(): number {
  return localNow() + (offset ?? 0);
}

/** The server's time, moved twice a second; components that read it are drawn again. */
export const tick = signal(serverNow());

/** The same by whole minutes, for what need not be drawn oftener. */
export const minute = computed(() => Math.floor(tick.value / 60_000) * 60_000);

let ticking = false;

export function startClock(): void {
  if (ticking) return;
  ticking = true;
  setInterval(() => (tick.value = serverNow()), 500);
  document.addEventListener("visibilitychange", () => (tick.value = serverNow()));
}

/** Whole seconds from `since` to `now`, never negative. */
export function secondsSince(since: string | null | undefined, now: number): number {
  if (!since) return 0;
  return Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
}

/** Whole seconds from `now` to `deadline`, rounded up, never negative. */
export function secondsUntil(deadline: string | null | undefined, now: number): number {
  if (!deadline) return 0;
  return Math.max(0, Math.ceil((Date.parse(deadline) - now) / 1000));
}

/** The part of the time from `from` to `to` that is left at `now`, 1 to 0. */
export function fractionLeft(from: string, to: string, now: number): number {
  const start = Date.parse(from);
  const end = Date.parse(to);
  if (!(end > start)) return 0;
  return Math.min(1, Math.max(0, (end - now) / (end - start)));
}

/** 7 -> 0:07, 75 -> 1:15, 3671 -> 1:01:11. */
export function clockFace(seconds: number): string {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = String(seconds % 60).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}
