// Single keys can have other keys or be switched off (WCAG 2.1.4), for each person.

import { describe, expect, it } from "vitest";
import { phoneIs, stage } from "./stage.mjs";

const made = stage();
const dialogs = () => made.page.locator("dialog[open]").count();

async function openKeys() {
  await phoneIs(made.page, "registered");
  await made.page.getByRole("button", { name: "Keyboard" }).click();
  await made.page.waitForSelector("dialog[open] .singles");
}

async function rekey(name, key) {
  await made.page.click(`[data-key="${name}"]`);
  await made.page.keyboard.press(key);
}

async function close() {
  await made.page.keyboard.press("Escape");
  await made.page.waitForSelector("dialog[open]", { state: "detached" });
  await made.page.evaluate(() => document.activeElement?.blur());
}

async function wrapUp() {
  made.mock.show("wrapup");
  await made.page.waitForSelector(".wrapup");
}

const chosen = () => made.page.locator('.disposition[aria-checked="true"]').count();

describe("single keys", () => {
  it("given another key for the search, then that one finds and the old one does nothing, after a reload too", async () => {
    const { page } = made;
    await openKeys();
    await rekey("find", "#");
    await close();
    await page.keyboard.press("/");
    expect(await dialogs()).toBe(0);
    await page.keyboard.press("#");
    await page.waitForSelector("dialog.palette");
    await close();
    await page.reload();
    await phoneIs(page, "registered");
    await page.keyboard.press("#");
    await page.waitForSelector("dialog.palette");
  });

  it("given another key for more time, then E does nothing in wrap-up and the new key asks for it", async () => {
    const { page } = made;
    await openKeys();
    await rekey("extend", "x");
    await close();
    await wrapUp();
    const asked = [];
    page.on("request", (request) => request.url().endsWith("/extend") && asked.push(request));
    await page.keyboard.press("e");
    const sent = page.waitForRequest((request) => request.url().endsWith("/extend"));
    await page.keyboard.press("x");
    await sent;
    expect(asked.length).toBe(1);
    expect(await page.textContent(".wrapup .row")).toContain("X");
  });

  it("given a digit, or a key that is used, then it is refused in words", async () => {
    await openKeys();
    await rekey("find", "3");
    expect(await made.page.textContent("dialog [role=alert]")).toContain("numbers choose outcomes");
    await made.page.keyboard.press("?");
    expect(await made.page.textContent("dialog [role=alert]")).toContain("This list");
  });

  it("given them off, then none of them does anything but where an outcome has the focus", async () => {
    const { page } = made;
    await openKeys();
    await page.uncheck(".singles input");
    await close();
    const asked = [];
    page.on("request", (request) => request.url().endsWith("/extend") && asked.push(request));
    for (const key of ["/", "?"]) await page.keyboard.press(key);
    expect(await dialogs()).toBe(0);
    await wrapUp();
    for (const key of ["2", "e"]) await page.keyboard.press(key);
    expect(await chosen()).toBe(0);
    expect(await page.locator(".wrapup kbd", { hasText: /^[E1-9]$/ }).count()).toBe(0);
    await page.focus(".disposition:nth-child(1)");
    await page.keyboard.press("2");
    expect(await page.getAttribute(".disposition:nth-child(2)", "aria-checked")).toBe("true");
    expect(asked).toEqual([]);
    await page.reload();
    await page.waitForSelector(".wrapup");
    await page.keyboard.press("?");
    expect(await dialogs()).toBe(0);
  });

  it("given another person at the same browser, then they have keys of their own", async () => {
    const { page } = made;
    await openKeys();
    await page.uncheck(".singles input");
    await close();
    await page.route("**/api/me", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), id: "st-7" } });
    });
    await page.reload();
    await phoneIs(page, "registered");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] .singles input:checked");
  });
});

describe("the chord of the dial field", () => {
  const field = ".dial input[type=tel]";

  it("given Ctrl+Shift+L, then the field is open and has the focus; once more keeps what was typed", async () => {
    const { page } = made;
    await phoneIs(page, "registered");
    await page.keyboard.press("Control+Shift+L");
    await page.waitForSelector(`${field}:focus`);
    await page.keyboard.type("600");
    await page.keyboard.press("Control+Shift+L");
    expect(await page.inputValue(field)).toBe("600");
    await close();
    await openKeys();
    expect(await page.textContent('[data-key="dial"]')).toContain("L");
  });

  it("given another letter, then that one opens it and the old one does not", async () => {
    const { page } = made;
    await openKeys();
    await rekey("dial", "u");
    await close();
    await page.keyboard.press("Control+Shift+L");
    expect(await dialogs()).toBe(0);
    await page.keyboard.press("Control+Shift+U");
    await page.waitForSelector(field);
  });
});
