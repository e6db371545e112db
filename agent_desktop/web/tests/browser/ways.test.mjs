// Where a queue sends its callers: the sentences of its overflow, what holds when nobody is there, and their layout.

import { describe, expect, it } from "vitest";
import { ADMIN } from "../../dev/office.mjs";
import { stage, still } from "./stage.mjs";

const made = stage({ path: null, viewport: { width: 1366, height: 768 } });

const OVERFLOW = "section.panel:has(h2:text-is('Overflow'))";
const EMPTY = "section.panel:has(h2:text-is('When nobody is there'))";

const at = async (path) => {
  made.mock.world.rights = ADMIN;
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector("main h1");
  await made.page.waitForSelector(OVERFLOW, { timeout: 9000 });
};

const saved = async () => {
  const [request] = await Promise.all([
    made.page.waitForRequest((one) => one.method() === "PATCH" && one.url().includes("/api/queues/")),
    made.page.click("form [type=submit]"),
  ]);
  return request.postDataJSON();
};

/** Choose in a list of a part of the page; returns what there was to choose. */
const choose = async (part, label, option) => {
  await part.locator(".field", { hasText: label }).locator("[role=combobox]").click();
  const there = await made.page.locator("[role=option]").allInnerTexts();
  await made.page.click(`[role=option]:has-text('${option}')`);
  return there.map((each) => each.trim());
};

const SAYINGS = [
  "None: it ends at once",
  "Good morning, orders and deliveries for the whole of the northern region",
  "Closed",
  "Nobody there",
];

describe("overflow", () => {
  it("given lines, then each is a sentence, and one moved comes in its new order", async () => {
    await at("/admin/queues/orders");
    const sentences = () => made.page.locator(`${OVERFLOW} .tiers p.strong`).allInnerTexts();
    const [groups, queue, end] = await sentences();
    expect(groups).toContain("Second line may serve them too");
    expect(queue).toContain("with the place they have");
    expect(end).toContain("they hear an announcement, and the call ends");
    await made.page.locator(`${OVERFLOW} .tiers > li`).nth(2).getByRole("button").first().click();
    expect((await sentences()).map((each) => each.slice(0, 2))).toEqual(["1.", "2.", "3."]);
    expect((await sentences())[1].slice(2)).toBe(end.slice(2));
    const { overflow } = await saved();
    expect(overflow.map(({ when }) => when)).toEqual(["waited", "nobody_ready", "service_level"]);
  });

  it("given a number that is none, then nothing is sent; with a right one the line says it", async () => {
    await at("/admin/queues/main");
    await made.page.click(`${OVERFLOW} .btn:has-text('Add a line')`);
    const line = made.page.locator(`${OVERFLOW} .tiers > li`);
    await choose(line, "Then", "a number outside");
    await line.locator(".field:has-text('Number') input").fill("911 222 333");
    await made.page.click("form [type=submit]");
    expect(await made.page.textContent(`${OVERFLOW} .problem`)).toContain(
      "a number with + and the country code",
    );
    await line.locator(".field:has-text('Number') input").fill("+34 911 222 333");
    expect(await line.locator("p.strong").innerText()).toContain("+34911222333 is called for them");
    const { overflow } = await saved();
    expect(overflow).toEqual([
      {
        when: "waited",
        seconds: 60,
        percent: 0,
        groups: [],
        to: { kind: "outside", number: "+34911222333" },
      },
    ]);
  });

  it("given the end of the call, then each announcement can be said before it, our own too", async () => {
    await at("/admin/queues/main");
    await made.page.click(`${OVERFLOW} .btn:has-text('Add a line')`);
    const line = made.page.locator(`${OVERFLOW} .tiers > li`);
    await choose(line, "Then", "The call ends");
    expect((await choose(line, "Announcement before it", "Good morning")).sort()).toEqual(SAYINGS.sort());
    const { overflow } = await saved();
    expect(overflow[0].to).toEqual({ kind: "hang_up", announcement_id: "hello" });
  });
});

describe("when nobody is there", () => {
  it("given a tick, then it asks where they go, and what they hear is chosen of all announcements", async () => {
    await at("/admin/queues/main");
    const part = made.page.locator(EMPTY);
    expect(await part.locator("[role=combobox]").count()).toBe(0);
    await part.locator("fieldset").nth(1).getByLabel("All who are signed in are paused").check();
    await part.getByLabel("Grace in seconds").fill("30");
    expect((await choose(part, "Announcement before it", "Good morning")).sort()).toEqual(SAYINGS.sort());
    const { empty } = await saved();
    expect(empty).toMatchObject({
      join: [],
      leave: ["all_paused"],
      leave_to: { kind: "hang_up", announcement_id: "hello" },
      grace_seconds: 30,
    });
  });
});

describe("the layout of both", () => {
  for (const width of [1366, 320])
    it(`given ${width} pixels, then nothing is cut, covers another or leaves its card`, async () => {
      await made.page.setViewportSize({ width, height: 768 });
      await at("/admin/queues/orders");
      await still(made.page);
      for (const card of [OVERFLOW, EMPTY]) expect([card, await faults(card)]).toEqual([card, []]);
    });
});

/** What of a card's controls and words leaves the card, is too narrow for its words, or lies over another control. */
const faults = (card) =>
  made.page.locator(card).evaluate((root) => {
    const outer = root.getBoundingClientRect();
    const name = (each) => `${each.tagName}.${each.className}: ${each.textContent.slice(0, 40)}`;
    const shown = (all) =>
      [...all].filter((each) => each.getClientRects().length && !each.closest(".sr, svg"));
    const found = [];
    for (const each of shown(root.querySelectorAll("p, label, legend, .label, button, input"))) {
      const { left, right } = each.getBoundingClientRect();
      if (left < outer.left - 1 || right > outer.right + 1) found.push(`leaves: ${name(each)}`);
      const cut = each.scrollWidth - each.clientWidth > 1 && getComputedStyle(each).display !== "inline";
      if (cut && each.tagName !== "INPUT") found.push(`cut: ${name(each)}`);
    }
    const controls = shown(root.querySelectorAll("button, input"));
    for (const [at, one] of controls.entries())
      for (const other of controls.slice(at + 1)) {
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const apart =
          a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        if (!apart) found.push(`over another: ${name(one)} ${name(other)}`);
      }
    return found;
  });
