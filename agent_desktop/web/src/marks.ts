// Moments that the system tests read: when the offer came, the pop was on the screen, the phone rang.

export interface Mark {
  name: string;
  at: number;
  offer: string | null;
}

export interface Probe {
  marks: Mark[];
  desk: () => unknown;
  phone: () => unknown;
}

declare global {
  interface Window {
    __trunkline: Probe;
  }
}

const KEEP = 500;
const marks: Mark[] = [];

export function mark(name: string, offer: string | null = null): void {
  marks.push({ name, at: performance.timeOrigin + performance.now(), offer });
  if (marks.length > KEEP) marks.splice(0, marks.length - KEEP);
}

export function expose(desk: () => unknown, phone: () => unknown): void {
  window.__trunkline = { marks, desk, phone };
}
