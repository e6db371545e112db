// A customer with ten thousand entries: the page grows with what is near the screen, not with what was scrolled past.

import { describe, expect, it } from "vitest";
import { history } from "../../dev/sample.mjs";
import { stage, talk } from "./stage.mjs";

const made = stage({ viewport: { width: 1366, height: 768 } });

const nodes = () => made.page.evaluate(() => document.querySelectorAll("*").length);
const tall = () => made.page.evaluate(() => document.querySelector(".stream").scrollHeight);
const drawn = () => made.page.locator(".event").count();

/** To the end of what is there, until the server was asked for that many pages. */
async function scroll(pages) {
  await made.page.evaluate(async (wanted) => {
    const stream = document.querySelector(".stream");
    let asked = 0;
    new PerformanceObserver((list) => {
      asked += list.getEntries().filter(({ name }) => name.includes("/timeline?")).length;
    }).observe({ type: "resource" });
    while (asked < wanted) {
      stream.scrollTop = stream.scrollHeight;
      await new Promise(requestAnimationFrame);
    }
  }, pages);
}

describe("ten thousand entries", () => {
  it("given forty pages scrolled past, then the page is hardly heavier, and the newest are there again at the top", async () => {
    made.mock.world.long = history(10_000);
    await talk(made);
    const before = await nodes();
    const first = await made.page.textContent(".stream > ol .event");
    await scroll(40);
    await made.page.waitForFunction(() => document.querySelectorAll(".stream > ol").length >= 40);
    await made.page.waitForFunction(() => document.querySelectorAll(".event").length <= 200);
    const after = await nodes();
    expect(after / before).toBeLessThan(4);
    await made.page.evaluate(() => (document.querySelector(".stream").scrollTop = 0));
    await made.page.waitForFunction(
      (text) => document.querySelector(".stream > ol .event")?.textContent === text,
      first,
    );
    expect(await drawn()).toBeLessThan(200);
  });

  it("given a place in the middle, then entries fill the screen there and nothing has moved", async () => {
    made.mock.world.long = history(10_000);
    await talk(made);
    await scroll(12);
    const whole = await tall();
    await made.page.evaluate((to) => (document.querySelector(".stream").scrollTop = to), whole / 2);
    await made.page.waitForFunction(() => {
      const box = document.querySelector(".stream").getBoundingClientRect();
      const middle = box.y + box.height / 2;
      return [...document.querySelectorAll(".event")].some((each) => {
        const { top, bottom } = each.getBoundingClientRect();
        return top <= middle && middle <= bottom;
      });
    });
    const height = (await tall()) / whole;
    expect(height).toBeGreaterThan(0.9);
    expect(height).toBeLessThan(1.1);
  });
});
