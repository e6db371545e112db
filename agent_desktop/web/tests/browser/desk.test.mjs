// The whole client in Chromium against the development server: what an agent does, by keyboard.

import { beforeEach, describe, expect, it } from "vitest";
import { open, phoneIs, sipIs, stage, talk } from "./stage.mjs";

/** A pop takes 30 to 150 ms; a machine that many tests share may need more. */
const POP_MS = 1000;

const made = stage();
let mock;
let page;
beforeEach(() => ({ mock, page } = made));

const registered = (on = page) => phoneIs(on, "registered");
const sipState = (state) => sipIs(page, state);
const inCall = () => talk(made);
const marks = () => page.evaluate(() => window.__trunkline.marks);
const at = async (name) => (await marks()).find((each) => each.name === name)?.at;
const heard = (verb) =>
  expect.poll(() => mock.world.sip.heard.some((line) => line.startsWith(verb))).toBe(true);

describe("an offer", () => {
  it("given an offer, then the pop is on the screen and acknowledged before the phone rings, and Enter answers", async () => {
    await inCall();
    const [received, rendered, invite, answered] = await Promise.all(
      ["offer_received", "pop_rendered", "sip_invite", "answered"].map(at),
    );
    expect(received).toBeLessThan(rendered);
    expect(rendered).toBeLessThan(invite);
    expect(invite).toBeLessThan(answered);
    expect(rendered - received).toBeLessThan(POP_MS);
    expect((await marks()).find((each) => each.name === "pop_rendered").offer).toMatch(/^of-/);
    expect(await page.textContent("h1")).toBe("Marisol Etxeberria Quintana");
    expect(await page.locator(".event").count()).toBeGreaterThanOrEqual(30);
    await page.keyboard.press("Control+Shift+E");
    await heard("BYE");
  });

  it("given Enter before the phone rings, then it is answered as soon as it does", async () => {
    await registered();
    mock.show("ringing");
    await page.waitForSelector(".slot-answer");
    await page.keyboard.press("Control+Shift+A");
    mock.world.sip.ring();
    await sipState("up");
  });

  it("given somebody typing, then Enter stays theirs and the words stay", async () => {
    await registered();
    mock.show("talking");
    await page.fill(".note textarea", "half a thought");
    mock.show("ringing");
    mock.world.sip.ring();
    await sipState("ringing");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => window.__trunkline.phone().sip.state)).toBe("ringing");
    expect(await page.inputValue("textarea")).toContain("half a thought");
  });

  it("given a text that goes away under the fingers, then no key answers until they have rested", async () => {
    await registered();
    await page.keyboard.press("/");
    await page.evaluate(() => (performance.now = () => 0)); // however slow the keys come, the fingers have not rested
    await page.keyboard.type("half a na");
    await page.keyboard.press("Escape");
    mock.show("ringing");
    await page.waitForSelector(".slot-answer");
    mock.world.sip.ring();
    await sipState("ringing");
    await page.keyboard.type("me / ");
    await page.keyboard.press("Enter");
    expect(await page.locator("dialog").count()).toBe(0);
    expect(await page.evaluate(() => window.__trunkline.phone().sip.state)).toBe("ringing");
    await page.evaluate(() => delete performance.now);
    await page.waitForSelector(".slot-answer:focus");
    await page.keyboard.press("Enter");
    await sipState("up");
  });

  it("given a form with gaps, then the first of them has the focus and no message in the corner repeats it", async () => {
    mock.show("ringing");
    await page.waitForSelector(".caller");
    await page.keyboard.press("Control+Shift+Y");
    await page.waitForSelector("form.ticket input:focus");
    await page.keyboard.type("No hot water");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.ticket [role=combobox][aria-invalid=true]:focus");
    expect(await page.locator(".toast").count()).toBe(0);
    expect(await page.inputValue("form.ticket input")).toBe("No hot water");
  });

  it("given Ctrl+Shift+D, then it is declined by the server", async () => {
    await registered();
    mock.show("ringing");
    await page.waitForSelector(".slot-answer");
    await page.keyboard.press("Control+Shift+D");
    await page.waitForSelector('[data-phase="idle"]');
  });
});

describe("a call", () => {
  it("given M and H with Ctrl+Shift, then it is muted here and held on the switch", async () => {
    await inCall();
    await page.keyboard.press("Control+Shift+M");
    await page.waitForFunction(() => window.__trunkline.phone().sip.muted);
    await page.keyboard.press("Control+Shift+H");
    await page.waitForSelector('[data-phase="held"]');
    await page.keyboard.press("Control+Shift+H");
    await page.waitForSelector('[data-phase="talking"]');
  });

  it("given the bar in every phase, then it never moves and its end button neither", async () => {
    await registered();
    const bar = await page.locator(".callbar").boundingBox();
    await inCall();
    const end = await page.locator(".slot-d").boundingBox();
    mock.show("held");
    await page.waitForSelector('[data-phase="held"]');
    expect(await page.locator(".slot-d").boundingBox()).toEqual(end);
    expect(await page.locator(".callbar").boundingBox()).toEqual(bar);
  });

  it("given the server gone, then a banner says so, orders are off, and muting and hanging up work", async () => {
    await inCall();
    mock.world.io.close();
    await page.waitForSelector(".banner");
    expect(await page.locator(".slot-b").isDisabled()).toBe(true);
    await page.keyboard.press("Control+Shift+M");
    await page.waitForFunction(() => window.__trunkline.phone().sip.muted);
    await page.keyboard.press("Control+Shift+E");
    await sipState(null);
    await heard("BYE");
  });

  it("given the server gone and the switch's own queue ringing, then it can be answered and ended", async () => {
    await registered();
    mock.world.io.close();
    await page.waitForSelector(".banner");
    mock.world.sip.ring("+34655012345", "");
    await page.waitForSelector('[data-phase="loose_ringing"]');
    await page.keyboard.press("Enter");
    await sipState("up");
    await page.click(".slot-d");
    await heard("BYE");
  });
});

describe("wrap-up", () => {
  it("given two keystrokes, then it is done with the note begun in the call", async () => {
    await inCall();
    await page.fill(".note textarea", "wants the engineer on Thursday");
    await page.keyboard.press("Escape");
    mock.show("wrapup");
    await page.waitForSelector(".wrapup");
    mock.world.sip.cancel();
    await sipState(null);
    expect(await page.inputValue(".wrapup textarea")).toBe("wants the engineer on Thursday");
    const sent = page.waitForRequest((request) => request.url().endsWith("/wrap-up"));
    await page.keyboard.press("2");
    await page.keyboard.press("Enter");
    expect((await sent).postDataJSON()).toEqual({
      disposition: "di-2",
      note: "wants the engineer on Thursday",
    });
    expect((await sent).headers()["x-csrf-token"]).toBe("token");
    await page.waitForSelector('[data-phase="idle"]');
  });

  it("given a reload, then the draft and the choice are still there", async () => {
    mock.show("wrapup");
    await page.waitForSelector(".wrapup");
    await page.fill(".wrapup textarea", "half");
    await page.keyboard.press("Escape");
    await page.keyboard.press("3");
    await page.reload();
    await page.waitForSelector(".wrapup");
    expect(await page.inputValue(".wrapup textarea")).toBe("half");
    expect(await page.getAttribute(".disposition:nth-child(3)", "aria-checked")).toBe("true");
  });

  it("given its deadline with a note unsaved, then the note is kept with the customer", async () => {
    mock.show("wrapup");
    await page.waitForSelector(".wrapup");
    await page.fill(".wrapup textarea", "half a thought");
    mock.show("ready");
    await page.waitForSelector(".toast");
    await page.waitForSelector(".composer textarea");
    expect(await page.inputValue(".composer textarea")).toBe("half a thought");
    expect(await page.textContent("h1")).toBe("Marisol Etxeberria Quintana");
  });

  it("given E, then more time is asked for", async () => {
    mock.show("wrapup");
    await page.waitForSelector(".wrapup");
    const sent = page.waitForRequest((request) => request.url().endsWith("/extend"));
    await page.keyboard.press("e");
    await sent;
  });
});

describe("agreement with the server", () => {
  it("given a number left out, then it resumes and agrees", async () => {
    mock.world.seq += 5;
    mock.push({ queues: [{ id: "qu-1", name: "Service", waiting: 7, longest_since: null }] });
    await page.waitForFunction(() => window.__trunkline.desk().queues[0].waiting === 7);
    expect(mock.world.auth).toMatchObject({ epoch: "mock", csrf_token: "token" });
  });

  it("given a dropped line, then it is back and right within a second", async () => {
    const before = Date.now();
    mock.world.io.disconnectSockets(true);
    mock.show("paused");
    await page.waitForFunction(() => window.__trunkline.desk().me.presence === "paused");
    await page.waitForFunction(() => document.querySelector(".banner") === null);
    expect(Date.now() - before).toBeLessThan(1500);
  });

  it("given a registration that the switch has forgotten, then the phone registers again", async () => {
    await registered();
    const registers = () => mock.world.sip.heard.filter((line) => line.startsWith("REGISTER")).length;
    const before = registers();
    mock.push({ me: { ...mock.world.desk.me, device: "lost" } });
    await expect.poll(registers, { timeout: 4000 }).toBeGreaterThan(before);
    mock.push({ me: { ...mock.world.desk.me, device: "reachable" } });
  });

  it("given a second tab, then one has the phone, and the other takes it over", async () => {
    await registered();
    const second = await open(made);
    await second.waitForFunction(() => window.__trunkline.phone().state === "elsewhere");
    await page.close();
    await registered(second);
  });
});
