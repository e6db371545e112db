// Past calls in the office: the list, and what was decided of one in words.

import { describe, expect, it } from "vitest";
import { WATCHES } from "../../dev/office.mjs";
import { stage } from "./stage.mjs";

const made = stage({ path: null });
const at = async (path) => {
  made.mock.world.rights = WATCHES;
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector(".datalist tbody tr:not(.ghost), .trace");
};
const line = (type) => made.page.locator(`.trace > li[data-type=${type}]`);

describe("past calls", () => {
  it("given the list, then a call that nobody had stands there too, and a call leads to what was decided", async () => {
    const { page } = made;
    await at("/admin/calls");
    const rows = await page.locator("tbody tr").allInnerTexts();
    expect(rows.length).toBe(5);
    expect(rows[2]).toContain("Gave up");
    await page.click("a[href='/admin/calls/ix-8']");
    await page.waitForSelector(".trace");
    expect(await page.textContent("h1")).toBe("600 11 12 22");
  });

  it("given a call, then each line is in words with today's names, and a refusal says why", async () => {
    await at("/admin/calls/ix-8");
    expect(await line("CallerMoved").innerText()).toContain("Sent on from Service to Orders and spare parts");
    expect(await line("OfferEnded").innerText()).toContain("Priya Raman ended · not answered");
    expect(await line("OfferMade").nth(1).innerText()).toContain("Tomás Aguirre picked the call");
    const refused = line("PickCall").first();
    expect(await refused.getAttribute("data-refused")).toBe("true");
    expect(await refused.innerText()).toContain("is not yours");
    expect(await line("StintEnded").innerText()).toContain("7 min 54 s of talk, Resolved");
    expect(await line("SomethingNewer").innerText()).toContain("Something newer");
  });

  it("given an offer opened, then everybody considered stands there, with skills by name", async () => {
    await at("/admin/calls/ix-8");
    await line("OfferMade").first().locator("summary").click();
    const rows = await line("OfferMade").first().locator("tr").allInnerTexts();
    expect(rows.length).toBe(4);
    expect(rows[2]).toContain("Lacks a skill that is asked for: English");
    await line("OfferMade").nth(1).locator("summary").click();
    const picked = await line("OfferMade").nth(1).locator("tr").allInnerTexts();
    expect(picked[0]).toContain("Picked the caller");
    expect(picked[1]).toContain("A colleague picked the caller");
  });
});
