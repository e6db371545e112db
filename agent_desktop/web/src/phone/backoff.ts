// Tries again, ever later, with jitter so that a room full of agents does not knock at once.

const FIRST_MS = 1000;
const MOST_MS = 15_000;

/** The wait before try number `tries`; `luck` is 0..1. */
export function delay(tries: number, luck: number): number {
  const full = Math.min(MOST_MS, FIRST_MS * 2 ** tries);
  return Math.round(full * (0.6 + 0.4 * luck));
}

export class Backoff {
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly act: () => void) {}

  later(): void {
    this.arm(delay(this.tries, Math.random()));
    this.tries += 1;
  }

  soon(): void {
    this.arm(100);
  }

  reset(): void {
    this.tries = 0;
    clearTimeout(this.timer);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private arm(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.act, ms);
  }
}
