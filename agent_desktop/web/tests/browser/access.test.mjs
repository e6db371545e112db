// The page for everybody: axe over every scene in both themes, long words, a narrow window, the first paint, no jumps.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { ADMIN } from "../../dev/office.mjs";
import { messagePage } from "./message.mjs";
import { newContext, open, phoneIs, settled, stage, still, talk } from "./stage.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 AA whole: whatever axe finds under these is a failure; so is best practice where its impact is grave. */
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const GRAVE = ["serious", "critical"];
const SMALL = { width: 1366, height: 768 };
const made = stage({ viewport: SMALL });

const scene = (name) => async () => {
  await phoneIs(made.page, "registered");
  made.mock.show(name);
  await settled(made);
};
const at = (path) => async () => {
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector("form, main");
  await still(made.page);
};
/** Every address of the office that a scene opens. */
const opened = new Set();
const office = (path) => {
  opened.add(path.split("?")[0]);
  return () => inOffice(path);
};
async function inOffice(path) {
  made.mock.world.rights = ADMIN;
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector("main h1");
  await made.page.waitForFunction(() => !document.querySelector("[aria-busy=true], .ghost-block"));
  await still(made.page);
}
/** A page of the server's own that says one thing. */
const message = (values) => async () => {
  const looks = { language: "en", cure: "", away: "", icons: [], styles: ["/static/desk.css"] };
  const body = messagePage({ ...looks, ...values });
  await made.page.route("**/message", (route) => route.fulfill({ contentType: "text/html", body }));
  await at("/message")();
  expect(await made.page.textContent("h1")).toBe(values.title);
};
/** A sign-in that has a step to go. */
const step = (stage) => async () => {
  made.mock.world.head = `<meta name="stage" content="${stage}">`;
  await at("/sign-in")();
};
const inTalk = async () => {
  await talk(made);
  await made.page.evaluate(() => document.activeElement?.blur());
};
const then = (before, keys, selector) => async () => {
  await before();
  await keys(made.page);
  await made.page.waitForSelector(selector);
  await still(made.page);
};

/** Every page and state that a person can meet; a new one is one line here. */
const SCENES = {
  ready: scene("ready"),
  out: scene("out"),
  paused: scene("paused"),
  missed: scene("missed"),
  lost: scene("lost"),
  ringing: scene("ringing"),
  talking: inTalk,
  "next state": scene("next"),
  held: scene("held"),
  wrapup: scene("wrapup"),
  "maybe known": scene("maybe"),
  unknown: scene("unknown"),
  withheld: scene("withheld"),
  "long names": scene("long"),
  ticket: then(inTalk, (page) => page.keyboard.press("Control+Shift+Y"), "form.ticket"),
  keypad: then(inTalk, (page) => page.keyboard.press("Control+Shift+K"), ".keypad"),
  search: then(scene("ready"), find, ".found"),
  "tickets found": then(scene("ready"), findTickets, ".fits"),
  keys: then(scene("ready"), (page) => page.keyboard.press("?"), "dialog[open]"),
  sound: then(scene("ready"), (page) => page.click("[data-phone]"), "dialog[open]"),
  states: then(scene("ready"), (page) => page.click(".state"), "[role=menu]"),
  "user menu": then(scene("ready"), (page) => page.click(".whoami"), "[role=menu]"),
  sessions: then(scene("ready"), sessions, "dialog[open]"),
  why: then(inTalk, (page) => page.click(".who .btn"), "dialog[open]"),
  "phone elsewhere": then(scene("ready"), () => void made.mock.world.io.emit("phone_moved"), ".banner"),
  stale: then(scene("ready"), () => void made.mock.world.io.close(), ".banner"),
  dialling: scene("dialling"),
  "dial unanswered": scene("unreached"),
  "dial field": dial("+34655012345", ".dial .clocks li"),
  "dial field, night there": dial("+12025550143", ".dial .warn"),
  "dial field, refused": dial("112", ".dial .problem"),
  "dial field, on the do-not-call list": dial("+34655019999", ".dial .problem"),
  "cannot be dialled": then(inTalk, (page) => page.click(".caller .callnumber"), ".dial .why:not(:empty)"),
  "new customer": then(scene("unknown"), newCustomer, ".context form"),
  "new customer, refused": then(scene("unknown"), newCustomerRefused, ".context [aria-invalid=true]"),
  "ticket read": then(inTalk, (page) => page.click(".left .section:nth-of-type(2) .line"), "dialog .pairs"),
  "note near its limit": then(
    inTalk,
    (page) => page.fill(".note textarea", "x".repeat(19_999)),
    ".longtext > .small",
  ),
  "note over its limit": then(
    inTalk,
    (page) => page.fill(".note textarea", "x".repeat(20_001)),
    ".longtext .problem",
  ),
  "ring-all, answered by another": then(scene("ringing"), () => made.mock.show("taken"), ".toast"),
  people: office("/admin/people"),
  "nobody found": office("/admin/people?q=zzzz"),
  person: office("/admin/people/st-3"),
  "own person": office("/admin/people/st-1"),
  "new person": office("/admin/people/new"),
  "new person, refused": then(office("/admin/people/new"), submit, "[aria-invalid=true]"),
  "close an account": then(office("/admin/people/st-2"), (page) => page.click(".btn.danger"), "dialog[open]"),
  teams: office("/admin/teams"),
  team: office("/admin/teams/te-1"),
  audit: office("/admin/audit"),
  queues: office("/admin/queues"),
  queue: office("/admin/queues/orders"),
  "queue, refused": then(office("/admin/queues/main"), wrongRing, "[aria-invalid=true]"),
  "queue, changed meanwhile": then(office("/admin/queues/main"), ringMeanwhile, ".differences"),
  outcomes: office("/admin/outcomes"),
  "outcome, changed meanwhile": then(office("/admin/outcomes"), labelMeanwhile, "dialog .differences"),
  "edit an outcome": then(
    office("/admin/outcomes"),
    (page) => page.click("main .btn.primary"),
    "dialog[open]",
  ),
  "do not call": office("/admin/do-not-call"),
  "do not call, nothing fits": office("/admin/do-not-call?q=nobody"),
  "do not call, refused": then(office("/admin/do-not-call"), submit, "[aria-invalid=true]"),
  account: office("/account"),
  "codes not kept": then(office("/account"), leaveCodes, "dialog .btn.danger"),
  "office menu": then(office("/account"), (page) => page.click(".whoami"), "[role=menu]"),
  "step: code": step("code"),
  "step: password": step("password"),
  "step: enrol": then(step("enrol"), () => undefined, "code.letters"),
  "recovery codes": then(step("enrol"), enrol, ".codes"),
  "no desk for this role": message({
    title: "The desk is for agents",
    words: "Your role does not include serving calls. Sign in as somebody who does.",
    away: "Sign in as somebody else",
  }),
  "desk not built": message({
    title: "The desk is not built yet",
    words: "Whoever set Trunkline up has to build the browser client once:",
    cure: "npm run build",
  }),
  "sign-in": at("/sign-in"),
  "sign-in again": at("/sign-in?reason=expired"),
};

async function wrongRing(page) {
  await page.fill("input[name=ring_seconds]", "3");
  await submit(page);
}

async function ringMeanwhile(page) {
  await page.fill("input[name=ring_seconds]", "25");
  Object.assign(made.mock.world.setup.queues[0], { version: 2, ring_seconds: 40 });
  await submit(page);
}

async function labelMeanwhile(page) {
  await page.click(".outcomes li:first-child .btn:has-text('Edit')");
  const { setup } = made.mock.world;
  setup.dispositions = setup.dispositions.map((one) => ({ ...one, label: `${one.label}!` }));
  setup.version += 1;
  await page.click("dialog [type=submit]");
}

async function leaveCodes(page) {
  await page.click(".btn:has-text('New recovery codes')");
  await page.fill("dialog input[type=password]", "right");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog .codes");
  await page.keyboard.press("Escape");
}

function dial(number, selector) {
  const type = async (page) => {
    await page.click(".topbar .side.end .btn");
    await page.keyboard.type(number);
  };
  return then(scene("ready"), type, selector);
}

function newCustomer(page) {
  return page.click(".context .stack > .btn");
}

async function newCustomerRefused(page) {
  await newCustomer(page);
  await page.fill(".context form input", "");
  await page.click(".context form [type=submit]");
}

function submit(page) {
  return page.click("main [type=submit]");
}

async function enrol(page) {
  await page.fill("input[name=code], form input", "123456");
  await page.keyboard.press("Enter");
}

async function find(page) {
  await page.keyboard.press("Control+K");
  await page.keyboard.type("okafor");
}

async function findTickets(page) {
  await page.keyboard.press("Control+K");
  await page.keyboard.type("t2026");
}

async function sessions(page) {
  await page.click(".whoami");
  await page.click("[role=menu] [role=menuitem]:has-text('Where I am signed in')");
}

/** The patterns of the site map, as the office's router reads them: the first that fits is the page. */
function sitemap() {
  const source = readFileSync(new URL("../../src/office/sitemap.ts", import.meta.url), "utf8");
  return [...source.matchAll(/pattern: "([^"]+)"/g)].map(([, pattern]) => pattern);
}

describe("every page of the office", () => {
  it("given the site map, then each of its patterns is met by a scene", () => {
    const patterns = sitemap();
    expect(patterns.length).toBeGreaterThan(5);
    const first = (path) =>
      patterns.find((one) => new RegExp(`^${one.replace(/:\w+/g, "[^/]+")}$`).test(path));
    const met = [...opened].map(first);
    expect(patterns.filter((one) => !met.includes(one))).toEqual([]);
    expect(met).not.toContain(undefined);
  });
});

describe("axe finds nothing against WCAG 2.2 AA", () => {
  for (const [name, show] of Object.entries(SCENES)) {
    it(`given ${name}, in light and in dark`, async () => {
      await show();
      for (const colorScheme of ["light", "dark"]) {
        await made.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await still(made.page);
        expect(await against(), `${name} ${colorScheme}`).toEqual([]);
      }
    });
  }
});

const OFF_DESK = new Set(["sign-in", "people", "person", "teams", "audit", "account", "step: enrol"]);

describe("words half as long again", () => {
  for (const name of [
    "ready",
    "ringing",
    "talking",
    "wrapup",
    "ticket",
    "sound",
    "keys",
    "user menu",
    "sign-in",
    "people",
    "person",
    "teams",
    "audit",
    "account",
    "step: enrol",
  ]) {
    it(`given ${name}, then nothing runs out of its place`, async () => {
      await made.page.evaluate(() => localStorage.setItem("trunkline.pseudo", "true"));
      if (!OFF_DESK.has(name)) {
        await made.page.reload();
        await made.page.waitForFunction(() => window.__trunkline?.desk());
      }
      await SCENES[name]();
      expect(await made.page.textContent("body")).toContain("[!");
      expect(await overflowing()).toEqual([]);
    });
  }
});

describe("a narrow window", () => {
  it("given 320 pixels (1280 at 400 %), then the desk is one column and nothing scrolls sideways", async () => {
    await inTalk();
    await made.page.setViewportSize({ width: 320, height: 640 });
    await still(made.page);
    expect(await sideways()).toBeLessThanOrEqual(0);
    for (const each of [".slot-d", ".slot-b", ".state", ".composer textarea"]) {
      const box = await made.page.locator(each).boundingBox();
      expect([each, box !== null && box.x >= 0 && box.x + box.width <= 320]).toEqual([each, true]);
    }
  });

  it("given 683 by 384 (1366 at 200 %), then nothing scrolls sideways and the call can be ended", async () => {
    await inTalk();
    await made.page.setViewportSize({ width: 683, height: 384 });
    await still(made.page);
    expect(await sideways()).toBeLessThanOrEqual(0);
    const end = await made.page.locator(".slot-d").boundingBox();
    expect(end.y + end.height).toBeLessThanOrEqual(384);
  });
});

const OFFICE_PATHS = [
  "/admin/people",
  "/admin/people/new",
  "/admin/queues",
  "/admin/queues/orders",
  "/admin/outcomes",
  "/admin/do-not-call",
  "/admin/audit",
  "/account",
];

describe("the office in a narrow window", () => {
  it("given 320 pixels, then nothing scrolls sideways and the menu stays in its bar", async () => {
    await made.page.setViewportSize({ width: 320, height: 640 });
    for (const path of OFFICE_PATHS) {
      await office(path)();
      expect([path, await sideways()]).toEqual([path, 0]);
      const [bar, who] = [await box(".topbar"), await box(".whoami")];
      expect([path, who.y >= bar.y && who.y + who.height <= bar.y + bar.height]).toEqual([path, true]);
    }
  });
});

describe("quick and quiet", () => {
  it("given a cold cache, then the first paint is there within a second", async () => {
    const paints = [];
    for (let i = 0; i < 3; i += 1) {
      const context = await newContext(made, { viewport: SMALL });
      const page = await open(made, context);
      paints.push(
        await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
      );
      await context.close();
    }
    expect(Math.min(...paints)).toBeLessThan(1000);
  });

  it("given a pop, a talk and a wrap-up, then the page does not jump", async () => {
    const { page, mock } = made;
    await phoneIs(page, "registered");
    await page.evaluate(() => {
      window.__shift = 0;
      new PerformanceObserver((list) => {
        for (const each of list.getEntries()) window.__shift += each.value;
      }).observe({ type: "layout-shift", buffered: false });
    });
    mock.show("ringing");
    await settled(made);
    mock.show("talking");
    await settled(made);
    mock.show("wrapup");
    await settled(made);
    mock.show("ready");
    await settled(made);
    expect(await page.evaluate(() => window.__shift)).toBeLessThan(0.1);
  });
});

async function against() {
  await made.page.evaluate(AXE);
  const { violations } = await made.page.evaluate(
    (tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags } }),
    [...WCAG, "best-practice"],
  );
  const promised = ({ tags, impact }) => GRAVE.includes(impact) || tags.some((tag) => WCAG.includes(tag));
  for (const { id, impact, nodes } of violations.filter((each) => !promised(each)))
    console.info(`best practice: ${id} (${impact}): ${nodes[0]?.html.slice(0, 120)}`);
  return violations
    .filter(promised)
    .map(({ id, nodes }) => [
      id,
      nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ""}`).slice(0, 5),
    ]);
}

const box = (selector) => made.page.locator(selector).boundingBox();

const sideways = () =>
  made.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Elements with a text of their own that shows outside of them, or is cut without an ellipsis. */
const overflowing = () =>
  made.page.evaluate(() => {
    const found = [];
    for (const each of document.querySelectorAll("body *")) {
      const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!own || each.closest(".sr, svg, option, .filters") || !each.getClientRects().length) continue;
      const style = getComputedStyle(each);
      const cut = each.scrollWidth - each.clientWidth > 1 && style.display !== "inline";
      const box = each.getBoundingClientRect();
      const outside = box.right > innerWidth + 1 || box.left < -1;
      if ((cut && style.textOverflow !== "ellipsis" && style.overflowX !== "auto") || outside)
        found.push(`${each.tagName}.${each.className}: ${each.textContent.slice(0, 50)}`);
    }
    return found;
  });
