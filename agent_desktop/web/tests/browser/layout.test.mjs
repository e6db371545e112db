// The page in every shape: long words, a narrow window, the first paint, no jumps.

import { describe, expect, it } from "vitest";
import { scenesOf } from "./scenes.mjs";
import { led, newContext, stage, open, phoneIs, settled, still } from "./stage.mjs";

const SMALL = { width: 1366, height: 768 };

describe("words half as long again", () => {
  const made = stage({ path: null, viewport: SMALL, script: longWords });
  const { scenes } = scenesOf(made);

  for (const name of [
    "ready",
    "ringing",
    "talking",
    "wrapup",
    "ticket",
    "sound",
    "keys",
    "user menu",
    "sign-in",
    "people",
    "person",
    "teams",
    "audit",
    "account",
    "step: enrol",
  ]) {
    it(`given ${name}, then nothing runs out of its place`, async () => {
      await scenes[name]();
      expect(await made.page.textContent("body")).toContain("[!");
      expect(await overflowing(made.page)).toEqual([]);
    });
  }
});

/** The client's own false language, on every page that has a storage. */
function longWords() {
  if (location.protocol === "http:") localStorage.setItem("trunkline.pseudo", "true");
}

describe("a narrow window", () => {
  const made = stage({ path: null, viewport: SMALL });
  const { inTalk } = scenesOf(made);

  it("given 320 pixels (1280 at 400 %), then the desk is one column and nothing scrolls sideways", async () => {
    await inTalk();
    await made.page.setViewportSize({ width: 320, height: 640 });
    await still(made.page);
    expect(await sideways(made.page)).toBeLessThanOrEqual(0);
    for (const each of [".slot-d", ".slot-b", ".state", ".composer textarea"]) {
      const box = await made.page.locator(each).boundingBox();
      expect([each, box !== null && box.x >= 0 && box.x + box.width <= 320]).toEqual([each, true]);
    }
  });

  it("given 683 by 384 (1366 at 200 %), then nothing scrolls sideways and the call can be ended", async () => {
    await inTalk();
    await made.page.setViewportSize({ width: 683, height: 384 });
    await still(made.page);
    expect(await sideways(made.page)).toBeLessThanOrEqual(0);
    const end = await made.page.locator(".slot-d").boundingBox();
    expect(end.y + end.height).toBeLessThanOrEqual(384);
  });
});

const OFFICE_PATHS = [
  "/admin/people",
  "/admin/people/new",
  "/admin/queues",
  "/admin/queues/orders",
  "/admin/skills",
  "/admin/groups",
  "/admin/announcements",
  "/admin/changes",
  "/admin/outcomes",
  "/admin/do-not-call",
  "/admin/audit",
  "/account",
];

describe("the office in a narrow window", () => {
  const made = stage({ path: null, viewport: { width: 320, height: 640 } });
  const { office } = scenesOf(made);

  it("given 320 pixels, then nothing scrolls sideways and the menu stays in its bar", async () => {
    for (const path of OFFICE_PATHS) {
      await office(path)();
      expect([path, await sideways(made.page)]).toEqual([path, 0]);
      const [bar, who] = [await box(made.page, ".topbar"), await box(made.page, ".whoami")];
      expect([path, who.y >= bar.y && who.y + who.height <= bar.y + bar.height]).toEqual([path, true]);
    }
  });
});

describe("quick and quiet", () => {
  const made = stage({ path: null, viewport: SMALL });

  it("given a cold cache, then the first paint is there within a second", async () => {
    const paints = [];
    for (let i = 0; i < 3; i += 1) {
      const context = await newContext(made, { viewport: SMALL });
      const page = await open(made, context);
      paints.push(
        await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
      );
      await context.close();
    }
    expect(Math.min(...paints)).toBeLessThan(1000);
  });

  it("given a pop, a talk and a wrap-up, then the page does not jump", async () => {
    const { page, mock } = made;
    await led(made);
    await phoneIs(page, "registered");
    await page.evaluate(() => {
      window.__shift = 0;
      new PerformanceObserver((list) => {
        for (const each of list.getEntries()) window.__shift += each.value;
      }).observe({ type: "layout-shift", buffered: false });
    });
    mock.show("ringing");
    await settled(made);
    mock.show("talking");
    await settled(made);
    mock.show("wrapup");
    await settled(made);
    mock.show("ready");
    await settled(made);
    expect(await page.evaluate(() => window.__shift)).toBeLessThan(0.1);
  });
});

const box = (page, selector) => page.locator(selector).boundingBox();

const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Elements with a text of their own that shows outside of them, or is cut without an ellipsis. */
const overflowing = (page) =>
  page.evaluate(() => {
    const found = [];
    for (const each of document.querySelectorAll("body *")) {
      const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!own || each.closest(".sr, svg, option, .filters") || !each.getClientRects().length) continue;
      const style = getComputedStyle(each);
      const cut = each.scrollWidth - each.clientWidth > 1 && style.display !== "inline";
      const box = each.getBoundingClientRect();
      const outside = box.right > innerWidth + 1 || box.left < -1;
      if ((cut && style.textOverflow !== "ellipsis" && style.overflowX !== "auto") || outside)
        found.push(`${each.tagName}.${each.className}: ${each.textContent.slice(0, 50)}`);
    }
    return found;
  });
