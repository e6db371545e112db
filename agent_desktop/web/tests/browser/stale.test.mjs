// While the line is away whatever needs the server is off, and says so; nothing is sent behind anybody's back.

import { describe, expect, it } from "vitest";
import { phoneIs, stage, talk } from "./stage.mjs";

const made = stage({ viewport: { width: 1366, height: 768 } });

async function stale() {
  made.asked = [];
  made.page.on("request", (request) => {
    const drafts = request.url().includes("/api/drafts/");
    if (request.url().includes("/api/") && request.method() !== "GET" && !drafts)
      made.asked.push(request.url());
  });
  made.mock.world.io.close();
  await made.page.waitForSelector('.desk[data-connection="stale"]');
}

const scene = async (name, selector) => {
  await phoneIs(made.page, "registered");
  made.mock.show(name);
  await made.page.waitForSelector(selector);
};

/** All that `selector` finds are there and off; whatever keys are pressed, nothing is asked of the server. */
async function off(selector, ...keys) {
  const found = made.page.locator(selector);
  expect(await found.count()).toBeGreaterThan(0);
  for (const each of await found.all()) expect([selector, await each.isDisabled()]).toEqual([selector, true]);
  for (const key of keys) await made.page.keyboard.press(key);
  await made.page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  expect(made.asked).toEqual([]);
}

describe("given the line away, then it is off", () => {
  it("presence: the menu, its shortcut, the first step and the way back from a miss", async () => {
    await scene("paused", ".calm .btn.good");
    await stale();
    await off(".calm .btn.good", "Control+Shift+G");
    await made.page.click(".state");
    await off("[role=menu] [role=menuitemradio]");
  });

  it("presence after a missed call", async () => {
    await scene("missed", ".banner .btn.good");
    await stale();
    await off(".banner .btn.good");
  });

  it("hold", async () => {
    await talk(made);
    await stale();
    await off(".slot-b", "Control+Shift+H");
  });

  it("the note", async () => {
    await talk(made);
    await made.page.fill(".note textarea", "written in the dark");
    await stale();
    await made.page.focus(".note textarea");
    await off(".note [type=submit]", "Control+Enter");
    expect(await made.page.inputValue(".note textarea")).toBe("written in the dark");
  });

  it("the ticket", async () => {
    await talk(made);
    await made.page.keyboard.press("Control+Shift+Y");
    await made.page.fill("form.ticket input", "No hot water");
    await made.page.click("form.ticket [role=combobox]");
    await made.page.click("[role=option]");
    await stale();
    await off("form.ticket [type=submit]", "Control+Enter");
    expect(await made.page.inputValue("form.ticket input")).toBe("No hot water");
  });

  it("the wrap-up and more time for it", async () => {
    await scene("wrapup", ".wrapup");
    await stale();
    await off(".wrapup [type=submit], .wrapup .row .btn", "2", "Enter", "e");
    expect(await made.page.getAttribute(".disposition:nth-child(2)", "aria-checked")).toBe("true");
  });

  it("the dial", async () => {
    await phoneIs(made.page, "registered");
    await made.page.getByRole("button", { name: "Call somebody" }).click();
    await made.page.fill(".dial input[type=tel]", "+34655012345");
    await made.page.waitForSelector(".dial [type=submit]:enabled");
    await stale();
    await off(".dial [type=submit]", "Enter");
  });

  it("naming a caller whom nobody knows", async () => {
    await scene("maybe", ".candidate");
    await stale();
    await off(".candidate .btn, .context .stack > .btn");
  });
});
