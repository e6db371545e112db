// What browser tests share: Chromium, a mock server for each test, and pages that must not complain.

import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { launch } from "../../dev/browser.mjs";
import { SHIFT } from "../../dev/clock.mjs";
import { startMock } from "../../dev/mock.mjs";

let running;

/** One for all files of a worker; it goes with the worker's process. */
export const chromium = () => (running ??= launch());

/**
 * Call once in a file or a group; `made` has `mock`, `context` and `page` of the running test, and what is done with
 * them. Each test has a mock server, and so an origin, of its own: it finds nothing of the tests before it. The page is
 * the same for all, since a new one costs more than most tests do, and is opened at `path`; null: the test opens it.
 * `fresh`: a new context for each test, for those that change it. `script` runs before each document's own.
 */
export function stage({ path = "/", fresh = false, script, ...options } = {}) {
  const made = { browser: null, mock: null, context: null, page: null, errors: [] };
  beforeEach(async () => {
    made.browser = await chromium();
    made.mock = await startMock();
    made.errors = [];
    if (fresh || !made.page || made.page.isClosed()) await begin(made, script, options);
    await made.page.setViewportSize(options.viewport ?? VIEWPORT);
    await made.page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    if (path !== null) await led(made, path);
  });
  afterEach(async () => {
    await leave(made, fresh);
    made.mock.close();
    expect(made.errors).toEqual([]);
  });
  afterAll(() => made.context?.close());
  return made;
}

const VIEWPORT = { width: 1280, height: 720 };

async function begin(made, script, options) {
  await made.context?.close();
  made.context = await newContext(made, options);
  if (script) await made.context.addInitScript(script);
  made.page = await blank(made);
}

/** What was opened besides is closed, and the page leads nowhere and is heard by nobody. */
async function leave(made, fresh) {
  for (const each of made.browser.contexts()) if (fresh || each !== made.context) await each.close();
  for (const each of made.context.pages()) if (each !== made.page) await each.close();
  if (fresh || made.page.isClosed()) return;
  made.page.removeAllListeners();
  await made.page.unrouteAll();
  await made.page.goto("about:blank");
  watched(made, made.page);
}

/** In Madrid, at the hour of the mock's clock. */
export async function newContext(made, options = {}) {
  const context = await made.browser.newContext({
    permissions: ["microphone"],
    reducedMotion: "reduce",
    timezoneId: "Europe/Madrid",
    ...options,
  });
  await context.addInitScript(moved, SHIFT);
  return context;
}

/** The page's clock as far ahead as the mock's. */
function moved(shift) {
  const [Real, origin] = [Date, performance.timeOrigin];
  const now = () => Real.now() + shift;
  window.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(now());
    }
    static now = now;
  };
  Object.defineProperty(performance, "timeOrigin", { value: origin + shift });
}

async function blank(made, context = made.context) {
  const page = await context.newPage();
  watched(made, page);
  return page;
}

function watched(made, page) {
  page.on("pageerror", (error) => made.errors.push(String(error)));
  page.on(
    "console",
    (message) => /Content Security Policy/.test(message.text()) && made.errors.push(message.text()),
  );
}

/** A desk of its own in `context`. */
export async function open(made, context = made.context, path = "/") {
  const page = await blank(made, context);
  return led(made, path, page);
}

/** `page` at an address of the mock, and, if it is the desk's, with the desk in it. */
export async function led(made, path = "/", page = made.page) {
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
