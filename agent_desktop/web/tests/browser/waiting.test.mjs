// Who waits: opened by a chord, picked by keys, steady under the pointer, and refusals in words.

import { describe, expect, it } from "vitest";
import { waiter } from "../../dev/sample.mjs";
import { phoneIs, stage } from "./stage.mjs";

const made = stage();
const rows = () => made.page.locator(".waiting > li");
const calls = () => rows().evaluateAll((all) => all.map(({ dataset }) => dataset.call));
const push = (...found) => made.mock.push({ waiting: { total: found.length, rows: found } });

async function opened(...found) {
  await phoneIs(made.page, "registered");
  push(...found);
  await made.page.keyboard.press("Control+Shift+X");
  await made.page.waitForSelector("dialog[open]");
}

const focused = () =>
  made.page.evaluate(() => document.activeElement?.closest("[data-call]")?.dataset.call ?? null);

describe("callers who wait", () => {
  it("given keys only, then the second is picked, the dialog closes and the offer is on the screen", async () => {
    const { page } = made;
    await opened(waiter(1), waiter(2), waiter(3));
    expect(await focused()).toBe("ix-w1");
    await page.keyboard.press("ArrowDown");
    const sent = page.waitForRequest((one) => one.url().endsWith("/api/calls/ix-w2/pick"));
    await page.keyboard.press("Enter");
    expect((await sent).method()).toBe("POST");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    await page.waitForSelector(".caller");
  });

  it("given a colleague who was quicker, then their name is said in the dialog, which stays", async () => {
    made.mock.world.picked = "Tomás Aguirre";
    await opened(waiter(1));
    await made.page.keyboard.press("Enter");
    await made.page.waitForSelector("dialog [role=alert]");
    expect(await made.page.textContent("dialog [role=alert]")).toContain("Tomás Aguirre");
    expect(await rows().count()).toBe(1);
  });

  it("given the pointer on the list, then no row moves: who went is marked, who came is last; without it, all is new", async () => {
    const { page } = made;
    await opened(waiter(1), waiter(2), waiter(3));
    await page.evaluate(() => document.activeElement?.blur());
    await rows().nth(1).hover();
    const before = await rows().nth(1).boundingBox();
    push(waiter(9, { position: 1 }), waiter(2), waiter(3));
    await page.waitForSelector("[data-call=ix-w9]");
    expect(await calls()).toEqual(["ix-w1", "ix-w2", "ix-w3", "ix-w9"]);
    expect(await rows().nth(0).getAttribute("data-gone")).toBe("true");
    expect(await rows().nth(0).locator("button").count()).toBe(0);
    expect(await rows().nth(1).boundingBox()).toEqual(before);
    await page.mouse.move(2, 2);
    await expect.poll(calls).toEqual(["ix-w9", "ix-w2", "ix-w3"]);
  });

  it("given the caller under the focus gone, then the focus goes to the next, so that Enter picks nobody unseen", async () => {
    await opened(waiter(1), waiter(2), waiter(3));
    await made.page.keyboard.press("ArrowDown");
    push(waiter(1), waiter(3));
    await expect.poll(focused).toBe("ix-w3");
    push(waiter(1));
    await expect.poll(focused).toBe("ix-w1");
  });

  it("given a pause, then a caller can be picked all the same", async () => {
    await phoneIs(made.page, "registered");
    made.mock.show("paused");
    await opened(waiter(1));
    expect(await made.page.locator("dialog .notice").count()).toBe(0);
    expect(await made.page.locator(".waiting button:enabled").count()).toBe(1);
  });

  it("given nobody, or no right, then the place says so, or there is none", async () => {
    const { page, mock } = made;
    await opened();
    expect(await page.textContent("dialog .empty")).toContain("Nobody waits");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "detached" });
    mock.push({ waiting: null });
    await page.waitForSelector(".left h2 .btn", { state: "detached" });
    await page.keyboard.press("Control+Shift+X");
    expect(await page.locator("dialog[open]").count()).toBe(0);
  });

  it("given my own offer, then that caller is not among those who wait", async () => {
    const { page, mock } = made;
    await phoneIs(page, "registered");
    mock.show("ringing");
    const id = mock.world.desk.offer.interaction_id;
    push(waiter(1, { id }), waiter(2));
    await page.waitForSelector(".caller");
    await page.keyboard.press("Control+Shift+X");
    await expect.poll(calls).toEqual(["ix-w2"]);
  });
});
