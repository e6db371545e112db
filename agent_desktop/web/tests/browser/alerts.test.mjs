// An offer is impossible to miss: sound, title, favicon, notification; and a page that may not sound says so.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../../dev/browser.mjs";
import { newContext, phoneIs, sipIs, stage } from "./stage.mjs";

const CALLER = "Marisol Etxeberria Quintana";

/** Keeps what the page makes: audio contexts with a meter at their end, and notifications; the page can be hidden. */
const WATCH = () => {
  window.__heard = [];
  window.__notes = [];
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const meter = this.context.createAnalyser();
      meter.fftSize = 32768;
      connect.call(this, meter);
      window.__heard.push({ context: this.context, meter });
    }
    return connect.call(this, to, ...rest);
  };
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, options) {
      super(title, options);
      const note = { title, ...options, closed: false };
      window.__notes.push(note);
      this.close = () => {
        note.closed = true;
        super.close();
      };
    }
  };
  Object.defineProperty(document, "hidden", { get: () => window.__hidden === true });
};

const made = stage({ permissions: ["microphone", "notifications"], script: WATCH });

/** A page that takes sound in may give it out: one whose phone stands beside it does not. */
const NO_MICROPHONE = () => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("none", "NotFoundError"));
};

const hide = (page, hidden) =>
  page.evaluate((value) => {
    window.__hidden = value;
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

/** The loudest sample that went to the loudspeaker, of any ring so far. */
const peak = (page) =>
  page.evaluate(() =>
    window.__heard.reduce((most, { meter }) => {
      const samples = new Float32Array(meter.fftSize);
      meter.getFloatTimeDomainData(samples);
      return Math.max(most, ...samples.map(Math.abs));
    }, 0),
  );

const favicon = (page) => page.getAttribute('link[rel="icon"]', "href");

async function watched() {
  await phoneIs(made.page, "registered");
  return made.page;
}

async function ring(page) {
  made.mock.show("ringing");
  await page.waitForSelector(".caller");
  made.mock.world.sip.ring();
  await sipIs(page, "ringing");
}

describe("an offer", () => {
  it("given a page in view, then it is heard, the title changes to and fro, and the favicon rings", async () => {
    const page = await watched();
    const plain = await page.title();
    const face = await favicon(page);
    await ring(page);
    await page.waitForFunction(
      (name) => document.title.includes(name) && document.title.startsWith("☎"),
      CALLER,
    );
    await page.waitForFunction((title) => document.title === title, "Trunkline");
    await page.waitForFunction((name) => document.title.includes(name), CALLER);
    expect(await favicon(page)).toBe("/static/icon-ringing.svg");
    expect(face).not.toBe("/static/icon-ringing.svg");
    await expect.poll(() => peak(page), { timeout: 8000 }).toBeGreaterThan(0.05);
    expect(
      await page.evaluate(() => window.__heard.every(({ context }) => context.state === "running")),
    ).toBe(true);
    expect(await page.evaluate(() => window.__notes)).toEqual([]);
    made.mock.world.sip.cancel();
    made.mock.show("ready");
    await page.waitForFunction((title) => document.title === title, plain);
    expect(await favicon(page)).toBe(face);
    await page.waitForFunction(
      (count) => new Promise((done) => setTimeout(() => done(window.__heard.length === count), 2600)),
      await page.evaluate(() => window.__heard.length),
    );
  });

  it("given a page that is hidden, then a notification names caller and queue, and goes with the offer", async () => {
    const page = await watched();
    await hide(page, true);
    await ring(page);
    const [note] = await page.evaluate(() => window.__notes);
    expect(note.title).toContain(CALLER);
    expect([note.body, note.tag, note.closed]).toEqual(["Service", "trunkline-offer", false]);
    await page.keyboard.press("Control+Shift+A");
    await sipIs(page, "up");
    made.mock.show("talking");
    await page.waitForFunction(() => window.__notes.length === 1 && window.__notes[0].closed);
  });

  it("given a page hidden while it rings, then it is told then", async () => {
    const page = await watched();
    await ring(page);
    expect(await page.evaluate(() => window.__notes.length)).toBe(0);
    await hide(page, true);
    expect(await page.evaluate(() => window.__notes.length)).toBe(1);
  });

  it("given a loudspeaker chosen for rings, then rings come from it", async () => {
    const page = await watched();
    await page.click("[data-phone]");
    await page.getByRole("combobox", { name: "Ring on" }).click();
    await page.getByRole("option").nth(1).click();
    await page.keyboard.press("Escape");
    const wanted = await page.evaluate(() => JSON.parse(localStorage.getItem("trunkline.devices")).ringer);
    expect(wanted).not.toBe("");
    await ring(page);
    await page.waitForFunction((id) => window.__heard.some(({ context }) => context.sinkId === id), wanted);
    await expect.poll(() => peak(page), { timeout: 8000 }).toBeGreaterThan(0.05);
  });
});

describe("a browser that lets no page sound before a gesture", () => {
  let strict;
  beforeAll(async () => {
    strict = await launch({ autoplay: false });
  });
  afterAll(() => strict.close());

  /** Whatever a test evaluates counts as a gesture: the page tells by its console what there is to see and hear. */
  const TELL = () => {
    let [last, before] = ["", ""];
    setInterval(() => {
      const samples = new Float32Array(32768);
      let peak = 0;
      for (const { meter } of window.__heard) {
        meter.getFloatTimeDomainData(samples);
        peak = Math.max(peak, ...samples.map(Math.abs));
      }
      const banner = document.querySelector(".banners")?.textContent.includes("Sound is off until you click");
      const rings = document.querySelector(".caller") !== null;
      const now = `told ${banner ? "silenced" : "open"} ${rings ? "rings" : "quiet"} ${peak > 0.05 ? "loud" : "still"}`;
      // What is seen once stood there for less than a look: the sound begins in a thread of its own, before the next frame.
      if (now !== last && now === before) console.info((last = now));
      before = now;
    }, 50);
  };

  it("given a page loaded without a click, then it says that sound is off; the first key opens it, while it rings too", async () => {
    await made.page.goto("about:blank");
    const context = await newContext({ browser: strict }, { permissions: ["microphone"] });
    for (const script of [WATCH, NO_MICROPHONE, TELL]) await context.addInitScript(script);
    const page = await context.newPage();
    const told = [];
    page.on("console", (message) => message.text().startsWith("told ") && told.push(message.text().slice(5)));
    const says = (words) => expect.poll(() => told.at(-1), { timeout: 8000 }).toBe(words);
    await page.goto(made.mock.url);
    await says("silenced quiet still");
    made.mock.show("ringing");
    await says("silenced rings still");
    await page.keyboard.press("x");
    await says("open rings loud");
    expect(told.filter((each) => /silenced.*loud/.test(each))).toEqual([]);
    await context.close();
  });
});
