// What callers are told: announcements made and changed, and what a queue says to those who wait.

import { expect, it } from "vitest";
import { ADMIN } from "../../dev/office.mjs";
import { stage } from "./stage.mjs";

const made = stage({ path: null });

const at = async (path) => {
  made.mock.world.rights = ADMIN;
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector("main h1");
};

const sent = async (method, act) => {
  const [request] = await Promise.all([
    made.page.waitForRequest((one) => one.method() === method && one.url().includes("/api/")),
    act(),
  ]);
  return request.postDataJSON();
};

it("given sounds that cannot be, then their field says so, and what is right is made", async () => {
  const { page } = made;
  await at("/admin/announcements");
  await page.click("main .btn.primary");
  await page.fill("dialog input[name=name]", "Evening");
  await page.click("dialog [type=submit]");
  await page.waitForSelector("dialog input[name=en][aria-invalid=true]");
  await page.fill("dialog input[name=en]", "custom/evening ../secret");
  await page.click("dialog [type=submit]");
  expect(await page.textContent("dialog .problem")).toContain("../secret");
  await page.fill("dialog input[name=en]", "custom/evening, number:position");
  await page.fill("dialog input[name=es]", "custom/tarde");
  const body = await sent("POST", () => page.click("dialog [type=submit]"));
  const sounds = { en: ["custom/evening", "number:position"], es: ["custom/tarde"] };
  expect(body).toEqual({ name: "Evening", sounds });
  await page.waitForSelector(".outcomes > li:has-text('Evening')");
});

it("given one with a language that is not shown, then that stays as it is", async () => {
  const { page } = made;
  await at("/admin/announcements");
  await page.click(".outcomes > li:has-text('Our place') .btn:has-text('Edit')");
  await page.fill("dialog input[name=en]", "place number:position");
  const body = await sent("PATCH", () => page.click("dialog [type=submit]"));
  const sounds = { en: ["place", "number:position"], pt_BR: ["oi"] };
  expect(body).toEqual({ name: "Our place", sounds, version: 4 });
});

it("given one that a queue says, then its removal is refused in words", async () => {
  const { page } = made;
  await at("/admin/announcements");
  const row = page.locator(".outcomes > li:has-text('Good morning')");
  made.mock.world.setup.queues[1].announce.welcome = "hello";
  await row.locator(".btn").nth(1).click();
  await page.click("dialog .btn.danger");
  await page.waitForSelector(".toast:has-text('in use')");
  expect(made.mock.world.setup.announcements).toHaveLength(4);
});

it("given a queue, then what its callers are told is set, and figures have their times", async () => {
  const { page } = made;
  await at("/admin/queues/main");
  expect(await page.locator("input[name=first_seconds]").count()).toBe(0);
  await page.check("input[name=announced][value=position]");
  await page.fill("input[name=every_seconds]", "5");
  await page.click("form [type=submit]");
  await page.waitForSelector("input[name=every_seconds][aria-invalid=true]");
  await page.fill("input[name=every_seconds]", "30");
  const body = await sent("PATCH", () => page.click("form [type=submit]"));
  const announce = { welcome: null, position: true, wait: false, first_seconds: 20, every_seconds: 30 };
  expect(body).toEqual({ version: 1, announce });
});
