import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LANGUAGES, language, t } from "../../src/i18n";
import { adopt } from "../../src/store/desk";
import { replica } from "../../src/store/live";
import { followNotices } from "../../src/store/notices";
import { toasts } from "../../src/store/toasts";
import type { Desk } from "../../src/types";
import { desk, iso } from "./sample";

let seq = 0;

/** The server says that my state changed, so many seconds in, and why. */
function becomes(why: string, seconds: number): void {
  const { me, ...rest } = desk();
  const state = { ...me, state: { ...me.state, since: iso(seconds), why } };
  replica.value = adopt({ epoch: "e1", seq: ++seq, now: iso(seconds), desk: { ...rest, me: state } as Desk });
}

const shown = () => toasts.value.map(({ kind, text }) => [kind, text]);

describe("what is said to an agent who did not get the caller", () => {
  beforeAll(followNotices);

  beforeEach(() => {
    becomes("chosen", 0);
    becomes("chosen", 1);
    toasts.value = [];
  });

  for (const why of ["stale_claim", "answered_but_not_joined", "caller_in_fallback"]) {
    it(`given that I answered and ${why}, then it says that the caller could not be put through`, () => {
      becomes(why, 10);
      expect(shown()).toEqual([["bad", t("notice.not_given")]]);
    });
  }

  it("given that the connection to the switch broke, then it says so", () => {
    becomes("leg_gone", 10);
    expect(shown()).toEqual([["info", t("notice.leg_gone")]]);
  });

  for (const why of ["stale_claim", "leg_gone"]) {
    it(`given ${why} told again by a new snapshot, then it is no news`, () => {
      becomes(why, 10);
      toasts.value = [];
      becomes(why, 10);
      expect(shown()).toEqual([]);
    });
  }

  it("given a state that somebody chose, then nothing is said", () => {
    becomes("chosen", 10);
    expect(shown()).toEqual([]);
  });

  it("given any language, then both notices are in words of it", () => {
    const before = language.value;
    for (const key of ["notice.not_given", "notice.leg_gone"] as const) {
      const words = LANGUAGES.map(({ id }) => {
        language.value = id;
        return t(key);
      });
      expect(new Set(words).size).toBe(LANGUAGES.length);
    }
    language.value = before;
  });
});
