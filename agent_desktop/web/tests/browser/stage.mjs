// What browser tests share: Chromium, a mock server for each test, and pages that must not complain.

import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { launch } from "../../dev/browser.mjs";
import { startMock } from "../../dev/mock.mjs";

/** Call once in a file; `made` has `mock`, `context` and `page` of the running test, and what is done with them. */
export function stage(options = {}) {
  const made = { browser: null, mock: null, context: null, page: null, errors: [] };
  beforeAll(async () => {
    made.browser = await launch();
  });
  afterAll(() => made.browser.close());
  beforeEach(async () => {
    made.mock = await startMock();
    made.errors = [];
    made.context = await newContext(made, options);
    made.page = await open(made);
  });
  afterEach(async () => {
    for (const each of made.browser.contexts()) await each.close();
    made.mock.close();
    expect(made.errors).toEqual([]);
  });
  return made;
}

export const newContext = (made, options = {}) =>
  made.browser.newContext({ permissions: ["microphone"], reducedMotion: "reduce", ...options });

/** A desk of its own in `context`. */
export async function open(made, context = made.context, path = "/") {
  const page = await context.newPage();
  page.on("pageerror", (error) => made.errors.push(String(error)));
  page.on(
    "console",
    (message) => /Content Security Policy/.test(message.text()) && made.errors.push(message.text()),
  );
  await page.goto(made.mock.url + path);
  if (path === "/") await page.waitForFunction(() => window.__trunkline?.desk() !== null);
  return page;
}

export const phoneIs = (page, state) =>
  page.waitForFunction((wanted) => window.__trunkline.phone().state === wanted, state);

export const sipIs = (page, state) =>
  page.waitForFunction((wanted) => (window.__trunkline.phone().sip?.state ?? null) === wanted, state);

/** From ready to a talk, by Enter. */
export async function talk({ mock, page }) {
  await phoneIs(page, "registered");
  mock.show("ringing");
  await page.waitForSelector(".caller");
  mock.world.sip.ring();
  await sipIs(page, "ringing");
  await page.keyboard.press("Enter");
  await sipIs(page, "up");
  mock.show("talking");
  await page.waitForSelector('[data-phase="talking"]');
}

/** The desk is what the mock shows, drawn, and nothing on the page is still moving. */
export async function settled({ mock, page }) {
  await page.waitForFunction(
    (since) => window.__trunkline?.desk()?.me.since === since,
    mock.world.desk.me.since,
  );
  await still(page);
}

export const still = (page) =>
  page.waitForFunction(
    () =>
      new Promise((done) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() =>
            done(document.getAnimations().every((each) => each.playState !== "running")),
          ),
        ),
      ),
  );
