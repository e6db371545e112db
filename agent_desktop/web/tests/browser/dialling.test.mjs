// Click to dial from every number on the screen; where it cannot be dialled now, the button and the field say why.

import { describe, expect, it } from "vitest";
import { ago } from "../../dev/clock.mjs";
import { phoneIs, settled, stage } from "./stage.mjs";

const made = stage({ viewport: { width: 1366, height: 768 } });
const WORK = "+34910470123";
const MOBILE = "+34655012345";
const CLOCK = /\d{1,2}:\d{2}/;

/** The customer's page, opened by the search. */
async function openCustomer() {
  await phoneIs(made.page, "registered");
  await look("etxeberria");
  await made.page.keyboard.press("Enter");
  await made.page.waitForSelector(".caller");
}

async function look(words) {
  await made.page.keyboard.press("Control+K");
  await made.page.keyboard.type(words);
  await made.page.waitForSelector(".found");
}

/** A call with somebody nobody knows, handled and over. */
async function afterAStranger() {
  await phoneIs(made.page, "registered");
  made.mock.show("unknown");
  await settled(made);
  const { call } = made.mock.world.desk;
  const stint = { ...call.stint, state: "joined", joined_at: ago(0) };
  made.mock.push({ offer: null, call: { ...call, id: "ix-2", stint } });
  await made.page.waitForSelector('[data-phase="talking"]');
  made.mock.show("ready");
  await settled(made);
}

/** The field opened by `button` has the number in it, and Call dials it. */
async function dials(button, number) {
  const { page, mock } = made;
  await page.locator(button).first().click();
  expect(await page.inputValue(".dial input[type=tel]")).toBe(number);
  await page.waitForSelector(".dial .clocks li");
  await page.click(".dial [type=submit]");
  await page.waitForSelector('[data-phase="dialling"]');
  expect(mock.world.dialled.number).toBe(number);
  return mock.world.dialled.customer_id ?? null;
}

describe("a number is clicked and called, with the time there beside it", () => {
  for (const [place, button, number] of [
    ["the customer's card", ".caller .callnumber", WORK],
    ["their first number", ".context .line:nth-child(1) .callnumber", WORK],
    ["their second number", ".context .line:nth-child(2) .callnumber", MOBILE],
    ["a call of the history", '.event[data-kind="call"] .callnumber', MOBILE],
  ])
    it(`given ${place}`, async () => {
      await openCustomer();
      expect(await made.page.locator(button).first().textContent()).toMatch(CLOCK);
      expect(await dials(button, number)).toBe("cu-1");
    });

  it("given a hit of the search, by the pointer", async () => {
    await phoneIs(made.page, "registered");
    await look("etxeberria");
    expect(await made.page.textContent(".found .callnumber")).toMatch(CLOCK);
    expect(await dials(".found .callnumber", WORK)).toBe("cu-1");
  });

  it("given a hit of the search by a number, by Alt+Enter", async () => {
    await phoneIs(made.page, "registered");
    await look("910 47");
    expect(await made.page.textContent(".found .callnumber")).toContain("910 47 01 23");
    await made.page.keyboard.press("Alt+Enter");
    await made.page.waitForSelector(".dial .clocks li");
    expect(await made.page.inputValue(".dial input[type=tel]")).toBe(WORK);
  });

  it("given a ticket, then whose it is can be called from it", async () => {
    await phoneIs(made.page, "registered");
    await look("t2026");
    await made.page.keyboard.press("Enter");
    await made.page.waitForSelector("dialog .callnumber");
    expect(await made.page.textContent("dialog .callnumber")).toMatch(CLOCK);
    expect(await dials("dialog .callnumber", WORK)).toBe("cu-1");
  });

  it("given a caller whom nobody knew, then they can be called back from the list of the session", async () => {
    await afterAStranger();
    expect(await dials(".recent .callnumber", "+442079460958")).toBe(null);
  });
});

/** The words that an element is described by. */
const described = (each) =>
  each
    .getAttribute("aria-describedby")
    .split(" ")
    .map((id) => document.getElementById(id).textContent)
    .join(" ");

describe("where it cannot be dialled now, both say why", () => {
  const cases = {
    "a call in hand": ["talking", "You have a call in hand."],
    "a call that rings": ["ringing", "You have a call in hand."],
    "a wrap-up": ["wrapup", "Say what came of the last call first"],
    "an agent who is out": ["out", "You are off."],
    "a phone that is lost": [{ me: { device: "lost" } }, "Your phone is not connected."],
    "no trunk": [{ link: { trunk: false } }, "No trunk is set up to call out."],
    "a switch that is away": [{ link: { switch: "down" } }, "The switch cannot be reached"],
    "a line that is lost": [null, "The server cannot be reached."],
  };
  for (const [what, [shown, words]] of Object.entries(cases))
    it(`given ${what}`, async () => {
      const { page, mock } = made;
      await openCustomer();
      if (shown === null) mock.world.io.close();
      else if (typeof shown === "string") mock.show(shown);
      else
        mock.push({
          me: { ...mock.world.desk.me, ...shown.me },
          link: { ...mock.world.desk.link, ...shown.link },
        });
      const button = page.locator(".caller .callnumber[data-barred]");
      await button.waitFor();
      expect(await button.getAttribute("title")).toContain(words);
      expect(await button.getAttribute("aria-label")).toContain(words);
      await button.click();
      await page.waitForSelector(".dial");
      const call = page.locator(".dial [type=submit]");
      expect(await call.isDisabled()).toBe(true);
      // Once: by the button, or, where the number could not even be looked up, at the number.
      await expect.poll(() => page.locator(".dial").getByText(words).count()).toBe(1);
      await expect.poll(() => call.evaluate(described)).toContain(words);
      if (shown !== null) {
        mock.show("ready");
        await page.waitForSelector(".dial [type=submit]:enabled");
      }
    });

  it("given half a number, and one where it is night, then it says what is missing", async () => {
    const { page } = made;
    await phoneIs(page, "registered");
    await page.getByRole("button", { name: "Call somebody" }).click();
    expect(await page.textContent(".dial .why")).toBe("Type a whole number first.");
    await page.keyboard.type("+12025550143");
    await page.waitForSelector(".dial .warn");
    expect(await page.textContent(".dial .why")).toBe("Confirm the hour first.");
    await page.check(".dial .warn input");
    await page.waitForSelector(".dial [type=submit]:enabled");
    expect(await page.textContent(".dial .why")).toBe("");
  });

  it("given a customer for whom it is night, then that is asked though it is day where the number is", async () => {
    const { page, mock } = made;
    mock.world.customerClock = { time: "19:12", day: "2026-03-02", late: true, zones: ["Asia/Tokyo"] };
    await openCustomer();
    await page.locator(".caller .callnumber").first().click();
    await page.waitForSelector(".dial .warn");
    expect(await page.textContent(".dial .clocks li:last-child")).toContain(
      "where the customer lives (Japan Time)",
    );
    expect(await page.textContent(".dial .warn")).toContain("where the customer lives");
    expect(await page.textContent(".dial .why")).toBe("Confirm the hour first.");
    await page.check(".dial .warn input");
    await page.click(".dial [type=submit]:enabled");
    await page.waitForSelector('[data-phase="dialling"]');
    expect(mock.world.dialled).toMatchObject({ customer_id: "cu-1", confirm: ["customer_night"] });
  });
});

describe("the time beside a number is the number's, not its customer's", () => {
  /** The clocks of some zones as the page writes them; the pages of a test begin at one moment. */
  const clocks = (page, zones) =>
    page.evaluate(
      (all) =>
        all.map((timeZone) =>
          new Intl.DateTimeFormat(navigator.language, { timeStyle: "short", timeZone }).format(Date.now()),
        ),
      zones,
    );

  it("given a customer in Tokyo with Spanish numbers, then Spanish hours, and Tokyo's where the customer is", async () => {
    const { page } = made;
    await page.route("**/api/customers?q=*", async (route) => {
      const answer = await (await route.fetch()).json();
      for (const each of answer.items) each.time_zone = "Asia/Tokyo";
      await route.fulfill({ json: answer });
    });
    await openCustomer();
    const [tokyo, madrid, canary] = await clocks(page, ["Asia/Tokyo", "Europe/Madrid", "Atlantic/Canary"]);
    const range = new RegExp(`${canary.replace(/\D+$/, "")}.*–.*${madrid}`);
    expect(new Set([tokyo, madrid]).size).toBe(2);
    expect(await page.textContent(".caller .facts")).toContain(tokyo);
    for (const [place, hour] of [
      [".caller .callnumber", new RegExp(madrid)],
      [".context .line:nth-child(1) .callnumber", new RegExp(madrid)],
      [".context .line:nth-child(2) .callnumber", range],
      ['.event[data-kind="call"] .callnumber', range],
    ])
      expect(await page.locator(place).first().textContent(), place).toMatch(hour);
    for (const said of await page.locator(".callnumber").allTextContents()) expect(said).not.toContain(tokyo);
    await page.unroute("**/api/customers?q=*");
  });
});

describe("a number that two customers have", () => {
  const ask = async (direction) => {
    const { page, mock } = made;
    await phoneIs(page, "registered");
    mock.show("maybe");
    mock.push({ call: { ...mock.world.desk.call, direction } });
    await page.waitForSelector(".candidate");
    await settled(made);
    return page.textContent(".context");
  };

  it("given one who calls, then they are asked who is calling", async () => {
    const said = await ask("inbound");
    for (const words of ["Ask who is calling", "This is the caller"]) expect(said).toContain(words);
  });

  it("given one who was called, then nobody is said to call", async () => {
    const said = await ask("outbound");
    for (const words of ["Ask who you are talking to", "This is who I called"]) expect(said).toContain(words);
    expect(said).not.toMatch(/calling|caller/);
  });
});

describe("a long mail address", () => {
  it("given more than a line of it, then it is broken after @ or before a dot, and whole on hover", async () => {
    const { page } = made;
    await openCustomer();
    const email = "m.etxeberria@talleresnorte.example";
    const line = page.locator(`.context [title="${email}"] .reach`);
    expect(await line.textContent()).toBe(email);
    const begins = await line.evaluate((at) => {
      const walker = document.createTreeWalker(at, NodeFilter.SHOW_TEXT);
      const found = [];
      let [before, bottom] = ["", 0];
      while (walker.nextNode()) {
        for (let place = 0; place < walker.currentNode.data.length; place += 1) {
          const range = document.createRange();
          range.setStart(walker.currentNode, place);
          range.setEnd(walker.currentNode, place + 1);
          const box = range.getBoundingClientRect();
          if (bottom && box.top >= bottom - 1) found.push(before + range.toString());
          [before, bottom] = [range.toString(), box.bottom];
        }
      }
      return found;
    });
    expect(begins.length).toBeGreaterThan(0);
    for (const each of begins) expect(each).toMatch(/^@|\.$/);
  });
});
