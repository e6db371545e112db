// Long notes and a server that does not take a draft: nothing typed is lost, and the words below it are true.

import { describe, expect, it } from "vitest";
import { stage } from "./stage.mjs";

const made = stage({ permissions: ["microphone", "clipboard-read", "clipboard-write"] });
const NOTE = ".note textarea";
const LATER = { timeout: 15_000 };
const notes = () => [...made.mock.world.drafts.values()].map((each) => each.note);
const keptWords = () => made.page.textContent(".note [data-kept]");
const trouble = (which) => made.page.waitForSelector(`.note [data-kept="${which}"]`);

async function inTalk(text) {
  made.mock.show("talking");
  await made.page.fill(NOTE, text);
}

async function paste(text) {
  await made.page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await made.page.focus(NOTE);
  await made.page.keyboard.press("Control+V");
}

describe("a long note", () => {
  it("given 2 MB pasted, then it is told how much that is, nothing of it is taken and what was typed stays", async () => {
    await inTalk("asked for the price");
    await paste("x".repeat(2 * 1024 * 1024));
    await made.page.waitForSelector(".longtext .problem");
    expect(await made.page.textContent(".longtext .problem")).toContain("2,097,152 characters");
    expect(await made.page.inputValue(NOTE)).toBe("asked for the price");
    await made.page.keyboard.type(" list");
    expect(await made.page.inputValue(NOTE)).toContain("list");
    expect(await made.page.locator(".longtext .problem").count()).toBe(0);
  });

  it("given a paste that has room, then it is taken", async () => {
    await inTalk("");
    await paste("y".repeat(17_000));
    expect((await made.page.inputValue(NOTE)).length).toBe(17_000);
    expect(await made.page.textContent(".longtext > span")).toBe("");
  });

  it("given a note near its limit, then a counter shows; over it, it is not sent, kept here, and says so", async () => {
    const { page, mock } = made;
    await inTalk("z".repeat(19_500));
    expect(await page.textContent(".longtext > span")).toBe("19,500 of 20,000 characters");
    await expect.poll(() => notes()[0]?.length, LATER).toBe(19_500);
    await page.fill(NOTE, "z".repeat(20_012));
    await trouble("too_long");
    expect(await page.textContent(".longtext [role=alert]")).toContain("12 too many");
    expect(await keptWords()).toContain("in this browser only");
    expect(await page.locator(".note [type=submit]").isDisabled()).toBe(true);
    expect(notes()[0].length).toBe(19_500);
    await page.reload();
    await page.waitForFunction((at) => document.querySelector(at)?.value.length === 20_012, NOTE);
    await page.fill(NOTE, "z".repeat(20_000));
    await expect.poll(() => notes()[0].length, LATER).toBe(20_000);
    await trouble("yes");
    expect(mock.world.draftsRefused).toBeUndefined();
  });

  it("given pictures as signs, then each counts once", async () => {
    await inTalk("😀".repeat(19_999));
    expect(await made.page.textContent(".longtext > span")).toBe("19,999 of 20,000 characters");
    await made.page.waitForSelector(".note [type=submit]:enabled");
  });

  it("given a note too long at wrap-up, then the wrap-up waits until it is shorter", async () => {
    made.mock.show("wrapup");
    await made.page.fill(".wrapup textarea", "w".repeat(20_001));
    await made.page.click(".disposition:nth-child(2)");
    expect(await made.page.locator(".wrapup [type=submit]").isDisabled()).toBe(true);
    await made.page.fill(".wrapup textarea", "w".repeat(20_000));
    await made.page.waitForSelector(".wrapup [type=submit]:enabled");
  });
});

describe("a draft that the server does not take", () => {
  for (const status of [429, 503])
    it(`given ${status}, then it is tried again by itself, and the words say where it is`, async () => {
      const { page, mock } = made;
      mock.world.draftsRefused = [status, "too_many_requests"];
      await inTalk("kept all the same");
      await trouble("later");
      expect(await keptWords()).toContain("in this browser only");
      await expect.poll(() => mock.world.draftTries, LATER).toBeGreaterThan(1);
      delete mock.world.draftsRefused;
      await expect.poll(notes, LATER).toEqual(["kept all the same"]);
      await trouble("yes");
      expect(await page.inputValue(NOTE)).toBe("kept all the same");
    });

  it("given a refusal for good, then it is said, and the next word is tried again", async () => {
    const { page, mock } = made;
    mock.world.draftsRefused = [422, "invalid_input"];
    await inTalk("something odd");
    await trouble("refused");
    delete mock.world.draftsRefused;
    await page.fill(NOTE, "something plain");
    await expect.poll(notes, LATER).toEqual(["something plain"]);
    await trouble("yes");
  });

  it("given a browser without room as well, then it says that nothing is kept", async () => {
    const { page, mock } = made;
    mock.world.draftsRefused = [503, "failed"];
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await inTalk("nowhere");
    await trouble("later");
    expect(await keptWords()).toContain("Not kept");
  });
});
