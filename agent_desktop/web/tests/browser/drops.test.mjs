// Never wrong after a drop: reload, sleep, a second tab, a second browser, a lost line.

import { describe, expect, it } from "vitest";
import { ago } from "../../dev/clock.mjs";
import { newContext, open, phoneIs, settled, sipIs, stage, talk } from "./stage.mjs";

const made = stage();
const kept = () => [...made.mock.world.drafts.values()];
const CALL = "ix-1763760000.42";
/** Drafts are sent a moment after the last key. */
const LATER = { timeout: 5000 };

/** Milliseconds by the page's own clock from waking to a screen that is right. */
const wakesUntil = (page, presence) =>
  page.evaluate(
    (wanted) =>
      new Promise((done) => {
        const since = performance.now();
        const look = () => {
          const live = document.querySelector(".desk").dataset.connection === "live";
          if (live && window.__trunkline.desk().me.presence === wanted) done(performance.now() - since);
          else setTimeout(look, 5);
        };
        document.dispatchEvent(new Event("resume"));
        look();
      }),
    presence,
  );

describe("a line that is dead and does not say so", () => {
  it("given a page that slept, when it wakes, then it asks, hears nothing, and is right within a second", async () => {
    const { page, mock } = made;
    // Three times, and the one in the middle counts: one stumble of a loaded machine decides nothing.
    const took = [];
    for (const presence of ["paused", "ready", "paused"]) {
      mock.world.deaf = true;
      mock.world.seq += 3;
      mock.world.desk = { ...mock.world.desk, me: { ...mock.world.desk.me, presence } };
      took.push(await wakesUntil(page, presence));
    }
    expect(took.sort((one, other) => one - other)[1]).toBeLessThan(1000);
    await page.waitForFunction(() => document.querySelector(".desk").dataset.connection === "live");
  });

  it("given a page that slept and missed something, when the line lives, then it resumes", async () => {
    const { page, mock } = made;
    mock.world.seq += 1;
    mock.world.desk = { ...mock.world.desk, link: { switch: "down" } };
    await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    await page.waitForFunction(() => window.__trunkline.desk().link.switch === "down");
  });

  it("given nothing missed, when it wakes, then nothing is drawn again", async () => {
    const { page, mock } = made;
    const sockets = mock.world.io.engine.clientsCount;
    const first = mock.world.auth;
    await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    await page.evaluate(() => fetch("/api/me"));
    expect(mock.world.auth).toBe(first);
    expect(mock.world.io.engine.clientsCount).toBe(sockets);
  });
});

describe("a page loaded again in mid-call", () => {
  it("given the same caller offered again, then the call is answered without a question", async () => {
    const { page, mock } = made;
    await talk(made);
    page.on("dialog", (dialog) => void dialog.accept());
    await page.reload();
    await phoneIs(page, "registered");
    mock.show("ringing");
    await page.waitForSelector(".caller");
    mock.world.sip.ring();
    await sipIs(page, "up");
    const marks = await page.evaluate(() => window.__trunkline.marks.map(({ name }) => name));
    expect(marks).toContain("answered_again");
  });

  it("given a call that was ended by hand, when its caller is offered again, then it rings", async () => {
    const { page, mock } = made;
    await talk(made);
    await page.keyboard.press("Control+Shift+E");
    await sipIs(page, null);
    mock.show("ready");
    await page.reload();
    await phoneIs(page, "registered");
    mock.show("ringing");
    await page.waitForSelector(".caller");
    mock.world.sip.ring();
    await sipIs(page, "ringing");
    expect(await page.evaluate(() => window.__trunkline.phone().sip.state)).toBe("ringing");
  });
});

describe("two browsers of one person", () => {
  it("given the phone taken by the second, when the server says so, then the first gives way and can take it back", async () => {
    const { page, mock } = made;
    await phoneIs(page, "registered");
    await expect.poll(() => mock.world.phones.length, LATER).toBe(1);
    mock.world.io.emit("phone_moved");
    await page.waitForSelector(".banner");
    await phoneIs(page, "moved");
    await page.click(".banner .btn");
    await phoneIs(page, "registered");
    await expect.poll(() => mock.world.phones.at(-1).kept, LATER).toBe(false);
  });

  it("given the phone taken and then given up elsewhere, then it comes back by itself", async () => {
    const { page, mock } = made;
    await phoneIs(page, "registered");
    mock.world.io.emit("phone_moved");
    await phoneIs(page, "moved");
    mock.push({ me: { ...mock.world.desk.me, device: "lost" } });
    await page.waitForFunction(() => window.__trunkline.phone().state === "registered", null, {
      timeout: 8000,
    });
    mock.push({ me: { ...mock.world.desk.me, device: "reachable" } });
  });

  it("given words begun in one, then the other has them, at the same call", async () => {
    const { page, mock } = made;
    mock.show("talking");
    await page.waitForSelector(".note textarea");
    await page.fill(".note textarea", "wants the engineer on Thu");
    await expect.poll(() => kept()[0]?.note, LATER).toBe("wants the engineer on Thu");
    const other = await open(made, await newContext(made));
    await other.waitForFunction(
      () => document.querySelector(".note textarea")?.value === "wants the engineer on Thu",
    );
  });
});

describe("words begun", () => {
  it("given a colleague who began a note, when the call comes here, then it is here and says by whom", async () => {
    const { page, mock } = made;
    mock.world.drafts.set(`call/${CALL}`, {
      scope: "call",
      ref: CALL,
      customer_id: null,
      note: "has error 47",
      ticket: "",
      disposition: "di-2",
      staff_id: "st-2",
      staff_name: "Tomás Aguirre",
      at: ago(0),
    });
    mock.show("talking");
    await page.waitForFunction(() => document.querySelector(".note textarea")?.value === "has error 47");
    expect(await page.textContent(".note [data-kept]")).toContain("Tomás Aguirre");
    mock.show("wrapup");
    await page.waitForSelector('.disposition[aria-checked="true"]');
  });

  it("given a second tab, then it shows what is typed in the first", async () => {
    const { page, mock } = made;
    mock.show("talking");
    const second = await open(made);
    await second.waitForSelector(".note textarea");
    await page.fill(".note textarea", "seen everywhere");
    await second.waitForFunction(() => document.querySelector(".note textarea")?.value === "seen everywhere");
  });

  it("given a note saved, then nothing is left on the server", async () => {
    const { page, mock } = made;
    mock.show("talking");
    await page.fill(".note textarea", "short");
    await expect.poll(() => kept().length, LATER).toBe(1);
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => kept().length, LATER).toBe(0);
    expect(await page.inputValue(".note textarea")).toBe("");
  });

  it("given a call that ended while the browser was away, then its note is with its customer", async () => {
    const { page, mock } = made;
    mock.world.drafts.set("call/ix-gone", {
      scope: "call",
      ref: "ix-gone",
      customer_id: "cu-1",
      note: "half a thought",
      ticket: "",
      disposition: "",
      staff_id: "st-1",
      staff_name: "Amaia",
      at: ago(0),
    });
    await page.reload();
    await page.waitForFunction(() => document.querySelector(".note textarea")?.value === "half a thought");
    expect(await page.textContent("h1")).toBe("Marisol Etxeberria Quintana");
    await expect
      .poll(() => kept().map(({ scope, ref }) => `${scope} ${ref}`), LATER)
      .toEqual(["customer cu-1"]);
  });

  it("given another person at the same browser, then nothing of the first is shown", async () => {
    const { page, mock } = made;
    mock.show("talking");
    await page.fill(".note textarea", "mine alone");
    await expect.poll(() => kept().length, LATER).toBe(1);
    mock.world.drafts.clear();
    await page.evaluate(() => localStorage.setItem("trunkline.drafts-of", '"st-7"'));
    await page.reload();
    await settled(made);
    expect(await page.inputValue(".note textarea")).toBe("");
  });
});
