// What an agent sets up: keys, language, microphone and loudspeakers.

import { describe, expect, it } from "vitest";
import { open, phoneIs, stage, talk } from "./stage.mjs";

const made = stage();

describe("keys", () => {
  it("given another letter, then it works, one that is used names its action, and all can be set back", async () => {
    const { page, mock } = made;
    await phoneIs(page, "registered");
    await page.keyboard.press("?");
    const ready = page.locator("tr", { hasText: "Ready" }).locator(".rekey");
    await ready.click();
    await page.keyboard.press("h");
    expect(await page.textContent("dialog [role=alert]")).toContain("Hold or resume");
    await page.keyboard.press("t");
    expect(await page.textContent("dialog [role=alert]")).toContain("T");
    await page.keyboard.press("u");
    expect(await ready.textContent()).toBe("CtrlShiftU");
    await page.keyboard.press("Escape");
    mock.show("paused");
    await page.waitForFunction(() => window.__trunkline.desk().me.presence === "paused");
    await page.keyboard.press("Control+Shift+U");
    await page.waitForFunction(() => window.__trunkline.desk().me.presence === "ready");
    await page.keyboard.press("?");
    await page.click("dialog .btn.small");
    expect(await ready.textContent()).toBe("CtrlShiftG");
  });
});

describe("languages", () => {
  it("given each of them chosen in mid-call, then the page speaks it at once and the call goes on", async () => {
    const { page } = made;
    await talk(made);
    for (const [name, hold, tag] of [
      ["Español", /espera|Retener/i, "es"],
      ["中文", /保持/, "zh"],
      ["Русский", /удерж/i, "ru"],
      ["English", /Hold/, "en"],
    ]) {
      await page.click(".whoami");
      await page.click(`[role=menuitemradio]:has-text("${name}")`);
      await page.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
      expect(await page.textContent(".slot-b")).toMatch(hold);
      await page.keyboard.press("Escape");
    }
    expect(await page.evaluate(() => window.__trunkline.phone().sip.state)).toBe("up");
  });
});

describe("light, dark, automatic", () => {
  it("given Dark while the system is light, then it is dark at once and after a reload; Automatic follows the system", async () => {
    const { page, context } = made;
    const choose = async (name) => {
      await page.click(".whoami");
      await page.getByRole("menuitemradio", { name, exact: true }).click();
      await page.keyboard.press("Escape");
    };
    const looks = async (where = page) => {
      const [paper, ink] = await where.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.body);
        return [backgroundColor, color].map((one) => Math.max(...one.match(/\d+/g).slice(0, 3).map(Number)));
      });
      return paper > 200 && ink < 100 ? "light" : paper < 100 && ink > 150 ? "dark" : `${paper} on ${ink}`;
    };
    await page.emulateMedia({ colorScheme: "light" });
    expect(await looks()).toBe("light");
    await choose("Dark");
    expect(await looks()).toBe("dark");
    await page.reload();
    await phoneIs(page, "registered");
    expect(await looks()).toBe("dark");
    const signIn = await open(made, context, "/sign-in");
    await signIn.waitForSelector("form");
    await signIn.emulateMedia({ colorScheme: "light" });
    expect(await looks(signIn)).toBe("dark");
    await signIn.close();

    await choose("Light");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await looks()).toBe("light");
    await choose("Auto");
    for (const colorScheme of ["light", "dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      expect(await looks()).toBe(colorScheme);
    }
  });
});

describe("sound", () => {
  it("given a microphone that hears, then the level moves and says so; closed, nothing listens on", async () => {
    const { page } = made;
    await phoneIs(page, "registered");
    await page.click("[data-phone]");
    await page.waitForFunction(() => document.querySelector(".level")?.value > 0.15);
    await page.waitForSelector("dialog .fg-ready[role=status]");
    await page.keyboard.press("Escape");
    expect(await page.locator(".level").count()).toBe(0);
  });

  it("given the chosen headset unplugged, then it is said what is used now", async () => {
    const { page } = made;
    await phoneIs(page, "registered");
    await page.evaluate(async () => {
      const all = await navigator.mediaDevices.enumerateDevices();
      const mine = all.find(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "default");
      localStorage.setItem("trunkline.devices", JSON.stringify({ microphone: mine.deviceId }));
    });
    await page.reload();
    await phoneIs(page, "registered");
    await page.waitForFunction(() => navigator.mediaDevices.enumerateDevices().then((all) => all.length > 0));
    await page.click("[data-phone]");
    await page.waitForSelector(".level");
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    });
    await page.waitForSelector(".toast");
    expect(await page.textContent(".toast")).toContain("was unplugged");
  });
});
