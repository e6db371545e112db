// Callers who wait: nothing moves under a hand, and whether one can be picked.

import { describe, expect, it } from "vitest";
import { blockOf, steady } from "../../src/store/waiting";
import type { WaitingRow } from "../../src/types";

const row = (id: string, position = 1): WaitingRow => ({
  id,
  queue_id: "main",
  state: "queued",
  since: null,
  position,
  name: null,
  number: null,
  display: "",
  withheld: true,
  level: null,
  expected_wait: null,
  why: null,
  kept_for: null,
  kept_until: null,
});
const told = (shown: ReturnType<typeof steady>): string[] =>
  shown.map(({ row: { id, position }, gone }) => `${id}${position}${gone ? " gone" : ""}`);

describe("the list", () => {
  const before = steady([], [row("a", 1), row("b", 2), row("c", 3)], false);

  it("given nobody's hand on it, then it is as the server says", () => {
    expect(told(steady(before, [row("c", 1), row("d", 2)], false))).toEqual(["c1", "d2"]);
  });

  it("given a hand on it, then each stays in its place with its own figures, and who is new comes last", () => {
    const held = steady(before, [row("d", 1), row("c", 2), row("b", 3)], true);
    expect(told(held)).toEqual(["a1 gone", "b3", "c2", "d1"]);
    expect(told(steady(held, [row("d", 1), row("a", 2)], true))).toEqual(["a2", "b3 gone", "c2 gone", "d1"]);
    expect(told(steady(held, [row("d", 1)], false))).toEqual(["d1"]);
  });

  it("given nobody before, then a hand changes nothing", () => {
    expect(told(steady([], [row("a")], true))).toEqual(["a1"]);
  });
});

describe("whether I can pick", () => {
  const free = { presence: "ready", duty: "idle", device: "reachable" } as const;

  it("given somebody free, then nothing is in the way", () => {
    expect(blockOf(free, "up", true)).toBeNull();
    expect(blockOf({ ...free, presence: "paused" }, "up", true)).toBeNull();
  });

  it("given anything else, then it says what, the gravest first", () => {
    expect(blockOf(free, "up", false)).toBe("stale");
    expect(blockOf(free, "down", true)).toBe("link");
    expect(blockOf({ ...free, presence: "out" }, "up", true)).toBe("out");
    expect(blockOf({ ...free, duty: "wrapping" }, "up", true)).toBe("busy");
    expect(blockOf({ ...free, device: "lost" }, "up", true)).toBe("no_phone");
  });
});
