// The sign-in page in Chromium, under the strict CSP: the demo's hint, and its absence.

import { describe, expect, it } from "vitest";
import { startMock } from "../../dev/mock.mjs";
import { chromium } from "./stage.mjs";

const DEMO = `<meta name="demo" content="{&#34;logins&#34;: [&#34;ana&#34;, &#34;ben&#34;], &#34;password&#34;: &#34;calm-sea&#34;}">`;

async function signInPage(head, language, work) {
  const mock = await startMock();
  mock.world.head = head;
  const context = await (await chromium()).newContext({ locale: language });
  try {
    const page = await context.newPage();
    await page.goto(`${mock.url}/sign-in`);
    await page.waitForSelector("[name=login]");
    await work(page);
  } finally {
    await context.close();
    mock.close();
  }
}

describe("the demo's hint", () => {
  it("given the demo, when an account is clicked, then the form is filled and Enter signs in", () =>
    signInPage(DEMO, "en", async (page) => {
      expect(await page.innerText(".demo")).toMatch(/Demo accounts:\s+ana\s+ben\s+password calm-sea/);
      await page.click(".demo >> text=ben");
      expect(await page.inputValue("[name=login]")).toBe("ben");
      expect(await page.inputValue("[name=password]")).toBe("calm-sea");
      const sent = page.waitForRequest("**/api/sign-in");
      await page.keyboard.press("Enter");
      expect((await sent).postDataJSON()).toEqual({ login: "ben", password: "calm-sea" });
    }));

  it("given a page in Spanish, then the hint is too", () =>
    signInPage(DEMO, "es", async (page) => {
      expect(await page.innerText(".demo")).toMatch(/Cuentas de prueba:\s+ana\s+ben\s+contraseña calm-sea/);
    }));

  it("given no demo, then there is no hint", () =>
    signInPage("", "en", async (page) => {
      expect(await page.$(".demo")).toBe(null);
    }));
});
