// What is said and sent of times of a day.

import { describe, expect, it, vi } from "vitest";
import { language } from "../../src/i18n";
import {
  another,
  bounds,
  problemsOf,
  segmentOf,
  sound,
  spanOf,
  weekWords,
} from "../../src/office/setup/times";

vi.stubGlobal("navigator", { languages: ["en-GB"] });
language.value = "en";

describe("segments", () => {
  it("midnight at the end is the end of the day, there and back", () => {
    expect(spanOf("18:00-24:00")).toEqual({ from: "18:00", to: "00:00" });
    expect(segmentOf({ from: "18:00", to: "00:00" })).toBe("18:00-24:00");
    expect(bounds("18:00-24:00")).toEqual([1080, 1440]);
  });

  it("what ends before it begins, or is unfinished, is none", () => {
    for (const wrong of ["14:00-09:00", "09:00-09:00", "-10:00", "09:00-", "x"])
      expect(bounds(wrong)).toBeNull();
  });

  it("of two that overlap both say so; those that touch are sound", () => {
    expect(problemsOf(["09:00-14:00", "13:00-15:00"]).every(Boolean)).toBe(true);
    expect(sound(["09:00-14:00", "14:00-15:00"])).toBe(true);
  });

  it("another begins after the last, or as an office does", () => {
    expect(another([])).toBe("09:00-17:00");
    expect(another(["09:00-14:00"])).toBe("15:00-19:00");
    expect(sound(["09:00-23:30", another(["09:00-22:30"])])).toBe(false);
    expect(bounds(another(["09:00-21:00"]))).toEqual([1320, 1440]);
  });
});

describe("a week in words", () => {
  it("days with the same times stand together, closed ones not at all", () => {
    const words = weekWords({ mon: ["09:00-17:00"], tue: ["09:00-17:00"], thu: ["09:00-17:00"], sun: [] });
    expect(words.split(" · ")).toHaveLength(2);
    expect(words).toMatch(/^Mon–Tue .* · Thu /);
  });
});
