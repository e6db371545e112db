// Every page and state that a person can meet, each as the steps that lead there; a new one is one line here.

import { expect } from "vitest";
import { WATCHES } from "../../dev/office.mjs";
import { messagePage } from "./message.mjs";
import { led, phoneIs, settled, still, talk } from "./stage.mjs";

const whoWaits = (page) => page.keyboard.press("Control+Shift+X");

/** By name, in the stage `made`, each beginning at its own address; `opened` are those of the office. */
export function scenesOf(made) {
  const scene = (name) => async () => {
    await led(made);
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
    made.mock.world.rights = WATCHES;
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
    await led(made);
    await talk(made);
    await made.page.evaluate(() => document.activeElement?.blur());
  };
  const then = (before, keys, selector) => async () => {
    await before();
    await keys(made.page);
    await made.page.waitForSelector(selector);
    await still(made.page);
  };

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
    waiting: then(scene("crowd"), whoWaits, "dialog .waiting"),
    "waiting, paused": then(scene("paused"), whoWaits, "dialog .waiting"),
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
    "close an account": then(
      office("/admin/people/st-2"),
      (page) => page.click(".btn.danger"),
      "dialog[open]",
    ),
    teams: office("/admin/teams"),
    team: office("/admin/teams/te-1"),
    "team, renamed meanwhile": then(office("/admin/teams/te-1"), renameMeanwhile, ".differences"),
    audit: office("/admin/audit"),
    calls: office("/admin/calls"),
    call: then(office("/admin/calls/ix-8"), (page) => page.click(".trace summary >> nth=1"), "details[open]"),
    queues: office("/admin/queues"),
    queue: office("/admin/queues/orders"),
    "queue, refused": then(office("/admin/queues/main"), wrongRing, "[aria-invalid=true]"),
    "queue, changed meanwhile": then(office("/admin/queues/main"), ringMeanwhile, ".differences"),
    "queue, a new way out": then(office("/admin/queues/main"), newWay, ".tiers input[inputmode=tel]"),
    "new queue": then(office("/admin/queues"), (page) => page.click("main .btn.primary"), "dialog[open]"),
    "queue that nobody would serve": then(
      office("/admin/queues/orders"),
      nobodyServes,
      "[role=alert].problem",
    ),
    hours: office("/admin/hours"),
    "new hours": then(office("/admin/hours"), (page) => page.click("main .btn.primary"), "dialog[open]"),
    week: office("/admin/hours/office"),
    "week, refused": then(
      office("/admin/hours/office"),
      (page) => page.fill('[aria-label="Monday, time 1: until"]', "17:00"),
      ".week .problem",
    ),
    calendars: office("/admin/calendars"),
    calendar: office("/admin/calendars/madrid"),
    skills: office("/admin/skills"),
    groups: office("/admin/groups"),
    "new skill": then(office("/admin/skills"), (page) => page.click("main .btn.primary"), "dialog[open]"),
    announcements: office("/admin/announcements"),
    announcement: then(
      office("/admin/announcements"),
      (page) => page.click("main li .btn.small"),
      "dialog[open]",
    ),
    changes: office("/admin/changes"),
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
    "codes never kept": then(office("/account"), neverKept, ".fg-alarm"),
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

  /** A number outside for who waits, and a factor for who comes. */
  async function newWay(page) {
    await page.getByRole("button", { name: "Add a line" }).click();
    await page.locator(".tiers .field", { hasText: "Then" }).locator("[role=combobox]").click();
    await page.locator("[role=option]", { hasText: "a number outside" }).click();
    await page.getByRole("group", { name: "Turn away who comes" }).getByLabel("Nobody is signed in").check();
  }

  async function wrongRing(page) {
    await page.fill("input[name=ring_seconds]", "3");
    await submit(page);
  }

  async function renameMeanwhile(page) {
    await page.fill("input[name=name]", "Front desk");
    Object.assign(made.mock.world.team, { version: 2, name: "Second line" });
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

  async function neverKept(page) {
    await page.evaluate(() => localStorage.setItem("trunkline.codes.st-1", "true"));
    await page.reload();
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

  async function nobodyServes(page) {
    await page.uncheck("input[name=groups]");
    for (let left = 2; left > 0; left -= 1) await page.click("[aria-label^='Take '][aria-label$=' out']");
    await submit(page);
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

  return { scenes: SCENES, opened, inTalk, office };
}
