import { describe, expect, it, vi } from "vitest";
import { language, timesThere, zoneName } from "../../src/i18n";
import { isLate } from "../../src/desk/callnumber";

const NOON = Date.parse("2026-11-22T14:32:00Z");

vi.stubGlobal("navigator", { languages: ["en-GB"] });

describe("the time beside a number", () => {
  it("given zones of one clock, then that time once", () => {
    expect(timesThere(["America/Sao_Paulo"], NOON)).toMatchObject({ time: "11:32", hours: [11] });
    expect(timesThere(["Europe/Madrid", "Europe/Paris"], NOON)?.time).toBe("15:32");
  });

  it("given zones of several clocks in any order, then from the earliest to the latest, over midnight too", () => {
    const two = timesThere(["Europe/Madrid", "Atlantic/Canary"], NOON);
    expect(two).toMatchObject({
      time: expect.stringMatching(/^14:32\s*–\s*15:32$/),
      full: "Sun 14:32 – Sun 15:32",
    });
    const night = timesThere(["Asia/Vladivostok", "Asia/Almaty", "Asia/Kamchatka"], NOON);
    expect(night).toMatchObject({ time: "19:32–02:32", full: "Sun 19:32 – Mon 02:32" });
    expect(night?.hours.some(isLate)).toBe(true);
  });

  it("given no zone, or one that the browser does not know, then nothing is made up", () => {
    expect(timesThere([], NOON)).toBeNull();
    expect(timesThere(["Nowhere/At_All"], NOON)).toBeNull();
    expect(timesThere(["Nowhere/At_All", "Asia/Tokyo"], NOON)?.time).toBe("23:32");
  });
});

describe("the name of a zone", () => {
  it.each([
    ["en", ["Canaries Time", "Japan Time", "New York Time", "Spain Time"]],
    ["es", ["hora de Islas Canarias", "hora de Japón", "hora de Nueva York", "hora de España"]],
    ["zh", ["加那利时间", "日本时间", "纽约时间", "西班牙时间"]],
    ["ru", ["Канарские о-ва", "Япония", "Нью-Йорк", "Испания"]],
  ] as const)("given %s, then in its words and never in letters alone", (tag, names) => {
    language.value = tag;
    const zones = ["Atlantic/Canary", "Asia/Tokyo", "America/New_York", "Europe/Madrid"];
    expect(zones.map(zoneName)).toEqual(names);
    language.value = "en";
  });

  it("given one that no browser has words for, then the city", () => {
    expect(["Nowhere/New_Town", "Etc/GMT+3"].map(zoneName)).toEqual(["New Town", "GMT+3"]);
  });
});
