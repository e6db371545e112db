import { describe, expect, it } from "vitest";
import { clockFace, fractionLeft, nextOffset, secondsSince, secondsUntil } from "../../src/store/clock";
import { isSilent, SILENCE_MS } from "../../src/store/live";
import { iso, T0 } from "./sample";

describe("timers", () => {
  it("given a server 90 s ahead, then the offset is learnt and late messages do not pull it back", () => {
    const first = nextOffset(null, T0 + 90_000, T0 + 40);
    expect(first).toBe(89_960);
    expect(nextOffset(first, T0 + 91_000, T0 + 1_010)).toBe(89_990);
    expect(nextOffset(89_990, T0 + 92_000, T0 + 2_700)).toBe(89_990);
  });

  it("given a clock that jumped, then the offset begins again", () => {
    expect(nextOffset(0, T0, T0 + 3_600_000)).toBe(-3_600_000);
  });

  it("given times before and after now, then seconds never go below zero", () => {
    expect(secondsSince(iso(0), T0 + 7_900)).toBe(7);
    expect(secondsSince(iso(9), T0)).toBe(0);
    expect(secondsSince(null, T0)).toBe(0);
    expect(secondsUntil(iso(20), T0 + 19_001)).toBe(1);
    expect(secondsUntil(iso(20), T0 + 21_000)).toBe(0);
  });

  it("given a deadline, then the ring empties from one to zero and stays there", () => {
    expect(fractionLeft(iso(0), iso(20), T0)).toBe(1);
    expect(fractionLeft(iso(0), iso(20), T0 + 15_000)).toBe(0.25);
    expect(fractionLeft(iso(0), iso(20), T0 + 60_000)).toBe(0);
    expect(fractionLeft(iso(20), iso(20), T0)).toBe(0);
  });

  it("given seconds, then they read as on a clock", () => {
    expect([0, 7, 75, 3671].map(clockFace)).toEqual(["0:00", "0:07", "1:15", "1:01:11"]);
  });

  it("given no word for twelve seconds, then the desk is stale, not before", () => {
    expect(isSilent(T0, T0 + SILENCE_MS)).toBe(false);
    expect(isSilent(T0, T0 + SILENCE_MS + 1)).toBe(true);
  });
});
