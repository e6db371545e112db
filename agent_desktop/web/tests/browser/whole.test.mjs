// What an agent reads out, chooses or is told stands there whole, once, and where the eye looks for it.

import { describe, expect, it } from "vitest";
import { phoneIs, settled, stage } from "./stage.mjs";

const made = stage({ viewport: { width: 1366, height: 768 } });

async function shown(scene, ...changes) {
  await phoneIs(made.page, "registered");
  made.mock.show(scene);
  for (const change of changes) made.mock.push(change(made.mock.world.desk));
  await settled(made);
}

/** The texts of `selector` that are wider than their place or run out of `box`. */
const cut = (selector, box) =>
  made.page.evaluate(
    ([selector, box]) =>
      [...document.querySelectorAll(selector)]
        .filter((each) => {
          const [mine, around] = [each, each.closest(box)].map((one) => one.getBoundingClientRect());
          return (
            each.scrollWidth > each.clientWidth + 1 || mine.bottom > around.bottom || mine.top < around.top
          );
        })
        .map((each) => each.textContent),
    [selector, box],
  );

describe("nothing that is read out or chosen is cut off", () => {
  it("given outcomes with long names, then each is whole, and choosing one moves nothing", async () => {
    const { page } = made;
    await shown("wrapup");
    const [first] = await page.locator(".disposition").all();
    await page.evaluate(
      () => (document.querySelector(".disposition .words").firstChild.data = "Просит больше не звонить сюда"),
    );
    const before = await page.locator(".wrapup").boundingBox();
    await first.click();
    expect(await cut(".disposition .words", ".disposition")).toEqual([]);
    expect(await page.locator(".wrapup").boundingBox()).toEqual(before);
  });

  it("given an American number with a long label, then the whole number is beside the time there", async () => {
    const number = { e164: "+12125550123", national: "+1 212-555-0123", label: "switchboard" };
    await shown("talking", ({ pop }) => ({
      pop: { ...pop, customer: { ...pop.customer, numbers: [number] } },
    }));
    expect(await made.page.textContent(".context .reach")).toBe("+1 212-555-0123");
    expect(await cut(".context .reach", ".line")).toEqual([]);
    expect((await made.page.locator(".context .reach").first().boundingBox()).height).toBeLessThan(24);
  });

  it.each(["en", "es", "zh", "ru"])(
    "given long numbers and a caller who waits again, in %s, then each fact and its label are whole",
    async (language) => {
      const { page, mock } = made;
      mock.world.language = language;
      await page.setViewportSize({ width: 1280, height: 720 });
      await page.reload();
      const caller = { number: "+442079460958", display: "+44 20 7946 0958" };
      await shown("talking", ({ call }) => ({
        call: {
          ...call,
          did: "+34910470123",
          again_since: call.arrived_at,
          caller: { ...call.caller, ...caller },
        },
      }));
      expect(await page.locator(".facts dt").count()).toBe(7);
      expect(await cut(".facts dt, .facts dd", ".caller")).toEqual([]);
      const lines = await page.locator(".facts dd").evaluateAll((all) => all.map((dd) => dd.offsetHeight));
      expect(Math.max(...lines)).toBeLessThan(30);
    },
  );

  it("given a call that reached nobody, then what came of it is whole", async () => {
    await shown("unreached", ({ dial }) => ({ dial: { ...dial, outcome: "cancelled" } }));
    await made.page.getByText("You hung up before anybody answered").waitFor();
    expect(await cut(".party .said", ".callbar")).toEqual([]);
  });

  it("given a call that the platform cut, then why, and whether it may have rung, is whole too", async () => {
    await shown("unreached", ({ dial }) => ({ dial: { ...dial, outcome: "unknown", why: "leg_gone" } }));
    await made.page
      .getByText("The connection broke as the number was dialled. It may have rung there.")
      .waitFor();
    expect(await cut(".party .said", ".callbar")).toEqual([]);
  });
});

it("the caller's number begins where its name begins", async () => {
  await shown("talking");
  const name = await made.page.locator(".facts dt").first().boundingBox();
  const words = await made.page.locator(".facts .callnumber > span").first().boundingBox();
  expect(Math.abs(words.x - name.x)).toBeLessThan(1);
});

it("why a number may not be called is said once, and the button names it", async () => {
  const { page } = made;
  await phoneIs(page, "registered");
  await page.getByRole("button", { name: "Call somebody" }).click();
  await page.keyboard.type("+34655019999");
  await page.getByText("This number is on a do-not-call list.").waitFor();
  expect(await page.getByText("This number is on a do-not-call list.").count()).toBe(1);
  const said = await page.locator(".dial [type=submit]").getAttribute("aria-describedby");
  expect(await page.textContent(`[id="${said}"]`)).toContain("do-not-call");
});

it("whoever calls a stranger is asked whose number it is, not who is calling", async () => {
  await shown("unknown", ({ call }) => ({ offer: null, call: { ...call, direction: "outbound" } }));
  await made.page.getByRole("heading", { name: "Whose number is this?" }).waitFor();
  expect(await made.page.getByText("Who is calling?").count()).toBe(0);
});
