import { describe, expect, it, vi } from "vitest";
import { translate } from "../../src/i18n";
import { turnedAway } from "../../src/desk/details";
import { delay } from "../../src/phone/backoff";
import { judge } from "../../src/phone/quality";
import { actionOf, followKeys, letterOf, letters, remap, resetKeys } from "../../src/keys";
import { dispositionWords } from "../../src/desk/words";
import { language } from "../../src/i18n";
import { callerName, initials } from "../../src/store/caller";
import { call } from "./sample";

describe("words", () => {
  it("given a count, then the plural form of the language is taken", () => {
    expect(translate("banner.missed", { count: 1 }, "en")).toBe("You missed a call and were paused.");
    expect(translate("banner.missed", { count: 3 }, "es")).toBe("Perdió 3 llamadas y quedó en pausa.");
  });

  it("given a language without the text, then English stands in", () => {
    expect(translate("app.name", {}, "zh")).toBe("Trunkline");
    expect(translate("no.such", {}, "es")).toBeUndefined();
  });

  it("given markup in a value, then it stays text and holes of its own stay closed", () => {
    expect(translate("alert.title", { name: "<img onerror=x> {count}" }, "en")).toBe(
      "<img onerror=x> {count} is calling",
    );
  });

  it("given names of any script, then up to two letters stand for them", () => {
    expect(["Marisol Etxeberria Quintana", "李小龙", "+44 20 7946", ""].map(initials)).toEqual([
      "MQ",
      "李",
      "",
      "",
    ]);
  });
});

describe("names", () => {
  it("given a caller who hides, then what the switch writes instead of a name is no name", () => {
    const hidden = (name: string) => ({
      ...call("joined"),
      caller: { number: null, display: null, name, withheld: true },
    });
    expect(
      ["Anonymous", "anonymous caller", "Restricted", ""].map((n) => callerName(hidden(n), null, null)),
    ).toEqual(Array(4).fill("Number withheld"));
    expect(callerName(hidden("Marisol"), null, null)).toBe("Marisol");
  });

  it("given Spanish, then our own dispositions are said in it and a company's stay as written", () => {
    language.value = "es";
    expect(dispositionWords("Follow-up needed")).toBe("Queda pendiente");
    expect(dispositionWords("Sent to the workshop")).toBe("Sent to the workshop");
    language.value = "en";
  });
});

describe("keys", () => {
  const press = (code: string) => ({ code, ctrlKey: true, shiftKey: true, metaKey: false, altKey: false });

  it("given the place on the keyboard, then another alphabet does not matter", () => {
    expect(letterOf({ code: "KeyA" })).toBe("A");
    expect(actionOf(press("KeyA"))).toBe("accept");
    expect(actionOf({ ...press("KeyA"), shiftKey: false })).toBeNull();
  });

  it("given letters kept before the dial field had one, then it takes none of theirs", () => {
    const kept = new Map([["trunkline.keys.st-1", JSON.stringify({ letters: { mute: "L" } })]]);
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: () => undefined,
    });
    followKeys("st-1");
    expect(actionOf(press("KeyL"))).toBe("mute");
    const own = Object.values(letters.value);
    expect(new Set(own).size).toBe(own.length);
    expect(actionOf(press(`Key${letters.value.dial}`))).toBe("dial");
    vi.unstubAllGlobals();
    resetKeys();
    expect(actionOf(press("KeyL"))).toBe("dial");
  });

  it("given a letter in use or the browser's own, then remapping says so", () => {
    expect(remap("mute", "D")).toEqual({ by: "decline" });
    expect(remap("mute", "T")).toBe("taken");
    expect(remap("mute", "U")).toBe("ok");
    expect(actionOf(press("KeyU"))).toBe("mute");
    expect(actionOf(press("KeyM"))).toBeNull();
  });
});

describe("the phone", () => {
  it("given more tries, then it waits longer, never beyond fifteen seconds, never at once", () => {
    expect(delay(0, 0)).toBe(600);
    expect(delay(3, 1)).toBe(8000);
    expect(delay(30, 1)).toBe(15_000);
  });

  it("given samples, then the line is good, fair or poor", () => {
    const start = { received: 0, lost: 0, jitter: 0, delay: 0 };
    expect(judge(start, { received: 150, lost: 0, jitter: 0.004, delay: 0.02 })).toBe("good");
    expect(judge(start, { received: 147, lost: 3, jitter: 0.004, delay: 0.02 })).toBe("fair");
    expect(judge(start, { received: 130, lost: 20, jitter: 0.004, delay: 0.02 })).toBe("poor");
    expect(judge(start, start)).toBe("poor");
  });
});

describe("why somebody was turned away", () => {
  it.each([
    ["turned_away_closed", "Called while closed"],
    ["turned_away_overflow_waited", "Turned away: waited too long"],
    ["turned_away_join_none_signed_in", "Turned away: nobody was signed in"],
    ["turned_away_empty_all_paused", "Turned away: all were paused"],
    ["turned_away_of_a_later_release", "Turned away"],
    [null, "Turned away"],
  ])("given %s, then its title says it: %s", (reason, title) => {
    expect(turnedAway(reason)).toBe(title);
  });

  it("given another language, then it is said in that", () => {
    expect(translate("title.turned_away_why", { why: "等待过久" }, "zh")).toBe("未接待：等待过久");
  });
});
