// Hours and calendars in the office: a week with a lunch break, a day copied, a holiday added, all by keys where it
// matters; what cannot be is said at its place before it is sent.

import { describe, expect, it } from "vitest";
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
    made.page.waitForRequest((one) => one.method() === method && !one.url().endsWith("/preview")),
    act(),
  ]);
  return request.postDataJSON();
};

const save = () => made.page.click("form [type=submit]");

describe("hours", () => {
  it("given another end of Monday morning, then the week is sent with its version and the others stay", async () => {
    const { page } = made;
    await at("/admin/hours/office");
    await page.fill('[aria-label="Monday, time 1: until"]', "13:30");
    const body = await sent("PATCH", save);
    expect(body.version).toBe(1);
    expect(body.weekly.mon).toEqual(["09:00-13:30", "16:00-19:30"]);
    expect(body.weekly.tue).toEqual(["09:00-14:00", "16:00-19:30"]);
    await page.waitForSelector("form [type=submit]:disabled");
  });

  it("given times that overlap, then their place says so and nothing is sent", async () => {
    const { page } = made;
    await at("/admin/hours/office");
    await page.fill('[aria-label="Monday, time 1: until"]', "17:00");
    expect(await page.textContent(".week .problem")).toContain("Overlaps");
    await save();
    await page.waitForSelector('[aria-invalid="true"]:focus');
    expect(made.mock.world.setup.hours[0].version).toBe(1);
  });

  it("given keys only, then a day gets a time, and is copied to the whole week", async () => {
    const { page } = made;
    await at("/admin/hours/office");
    await page.focus('[aria-label="Add a time to Sunday"]');
    await page.keyboard.press("Enter");
    await page.focus('[aria-label="Copy Sunday to…"]');
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=menuitem]:focus");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const body = await sent("PATCH", save);
    for (const day of ["mon", "sat", "sun"]) expect(body.weekly[day]).toEqual(["09:00-17:00"]);
  });

  it("given midnight as the end, then it is the end of the day", async () => {
    const { page } = made;
    await at("/admin/hours/office");
    await page.fill('[aria-label="Friday, time 1: until"]', "00:00");
    const body = await sent("PATCH", save);
    expect(body.weekly.fri).toEqual(["09:00-24:00"]);
  });

  it("given hours in the form, then the server is asked what they come to, and it is shown", async () => {
    const { page } = made;
    await at("/admin/hours/office");
    await page.waitForSelector(".preview .tag");
    expect(await page.textContent(".preview")).toContain("San José");
    const [asked] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith("/api/hours/preview")),
      page.fill('[aria-label="Monday, time 1: from"]', "08:00"),
    ]);
    expect(asked.postDataJSON().weekly.mon[0]).toBe("08:00-14:00");
  });

  it("given somebody quicker, then what was typed stays, and is saved over theirs when that is wanted", async () => {
    const { page, mock } = made;
    await at("/admin/hours/office");
    await page.fill("input[name=name]", "Head office");
    Object.assign(mock.world.setup.hours[0], { version: 2, name: "Main office" });
    await save();
    await page.waitForSelector(".notice");
    expect(await page.inputValue("input[name=name]")).toBe("Head office");
    await save();
    await page.waitForSelector(".notice", { state: "detached" });
    expect([mock.world.setup.hours[0].name, mock.world.setup.hours[0].version]).toEqual(["Head office", 3]);
  });
});

describe("calendars", () => {
  it("given a date and a name and Enter, then the day stands in its place and is sent", async () => {
    const { page } = made;
    await at("/admin/calendars/madrid");
    await page.fill(".addday input[type=date]", "2026-10-12");
    await page.fill(".addday input:not([type])", "Fiesta Nacional");
    await page.keyboard.press("Enter");
    const body = await sent("PATCH", save);
    expect(body.days.map((day) => day.name)).toEqual([
      "San José",
      "Fiesta Nacional",
      "Nochebuena",
      "Navidad",
    ]);
    expect(body.days[1]).toEqual({ date: "2026-10-12", name: "Fiesta Nacional", yearly: false, open: [] });
  });

  it("given a day that is there already, then it cannot be added twice", async () => {
    const { page } = made;
    await at("/admin/calendars/madrid");
    await page.fill(".addday input[type=date]", "2026-03-19");
    await page.fill(".addday input:not([type])", "Again");
    expect(await page.textContent(".addday .problem")).toContain("already");
    expect(await page.isDisabled(".addday .btn")).toBe(true);
  });
});

describe("closing of a queue", () => {
  it("given hours and another queue for who comes then, then both are sent, and shown with what they come to", async () => {
    const { page } = made;
    await at("/admin/queues/main");
    await page.click('.field:has(> .label:text-is("Hours")) [role=combobox]');
    await page.click('[role=option]:has-text("Office")');
    expect(await page.textContent(".preview")).toContain("Europe/Madrid");
    await page.click('.field:has(> .label:text-is("While it is closed")) [role=combobox]');
    await page.click('[role=option]:has-text("queue")');
    await page.click(".panel:has(.preview) .field:last-child [role=combobox] >> nth=-1");
    await page.click("[role=option] >> nth=0");
    const body = await sent("PATCH", save);
    expect([body.hours_id, body.closed.to.kind, body.closed.to.queue_id]).toEqual([
      "office",
      "queue",
      "orders",
    ]);
  });
});
