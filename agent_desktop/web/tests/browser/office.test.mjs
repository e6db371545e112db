// The pages of the office when the session ends elsewhere: said at the next action, and nothing typed is lost.

import { describe, expect, it } from "vitest";
import { ADMIN } from "../../dev/office.mjs";
import { stage } from "./stage.mjs";

const made = stage({ path: null });

const at = async (path) => {
  made.mock.world.rights = ADMIN;
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector("main h1");
};

describe("a session that ended elsewhere", () => {
  it("given something typed, then it is said, the sign-in opens beside it, and what was typed can be saved", async () => {
    await at("/admin/people/new");
    await made.page.fill("input[name=name]", "Carla Núñez");
    await made.page.fill("input[name=login]", "carla");
    made.mock.world.out = true;
    await made.page.click("form [type=submit]");
    await made.page.waitForSelector("dialog[open]");
    const [beside] = await Promise.all([
      made.context.waitForEvent("page"),
      made.page.click("dialog .btn.primary"),
    ]);
    expect(decodeURIComponent(beside.url())).toContain("/sign-in?next=/account");
    made.mock.world.out = false;
    await made.page.waitForSelector("dialog[open]", { state: "detached" });
    expect(await made.page.inputValue("input[name=name]")).toBe("Carla Núñez");
    await made.page.click("form [type=submit]");
    await made.page.waitForSelector("dialog[open]:has-text('zbec')");
  });

  it("given nothing typed, then the next action leads to the sign-in, and from there back", async () => {
    await at("/admin/people");
    made.mock.world.out = true;
    await made.page.click("a[href='/admin/teams']");
    await made.page.waitForURL(/\/sign-in/);
    expect(decodeURIComponent(made.page.url())).toContain("reason=session_ended&next=/admin/teams");
  });
});

describe("a database that does not answer for a while", () => {
  const AWAY = ".empty:has-text('The database does not answer')";
  const given = (path, comes) =>
    it(`given ${path}, then it says so, and comes by itself once the database is back`, async () => {
      const { page, mock } = made;
      await at("/account");
      mock.world.away = true;
      await page.click(`a[href='${path}']`);
      await page.waitForSelector(AWAY);
      await page.waitForResponse((answer) => answer.status() === 503);
      mock.world.away = false;
      await page.waitForSelector(comes);
      expect(await page.locator(AWAY).count()).toBe(0);
    });

  it("given a page opened meanwhile, then it says why it waits, and opens by itself", async () => {
    const { page, mock } = made;
    mock.world.away = true;
    await page.goto(`${mock.url}/account`);
    await page.waitForSelector(".opening:has-text('The database does not answer')");
    mock.world.away = false;
    await page.waitForSelector("main h1");
  });

  given("/admin/people", "table a");
  given("/admin/queues", "main a[href^='/admin/queues/']");
});

describe("a new person", () => {
  it("given an administrator who reads Spanish, then the form begins with it, and it is no change to lose", async () => {
    const { page, mock } = made;
    mock.world.language = "es";
    await at("/admin/people/new");
    expect(await page.locator("[role=combobox]").allInnerTexts()).toContain("Español");
    page.on("dialog", () => made.errors.push("asked whether to leave"));
    await page.click("a[href='/admin/teams']");
    await page.waitForURL(/teams/);
  });
});

describe("recovery codes", () => {
  const codes = async () => {
    await at("/account");
    await made.page.click(".btn:has-text('New recovery codes')");
    await made.page.fill("dialog input[type=password]", "right");
    await made.page.keyboard.press("Enter");
    await made.page.waitForSelector("dialog .codes");
  };
  const shown = () => made.page.locator("dialog .codes").isVisible();

  it("given that nobody kept them, then closing asks, however often Escape is pressed", async () => {
    const { page } = made;
    await codes();
    expect(await page.isDisabled("dialog .btn:has-text('Done')")).toBe(true);
    await page.click("dialog [aria-label=Close]");
    await page.click("dialog .btn:has-text('Back to the codes')");
    expect(await shown()).toBe(true);
    for (let i = 0; i < 3; i += 1) {
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog[open] .btn.danger");
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog[open] .codes");
    }
    await page.keyboard.press("Escape");
    await page.click("dialog .btn.danger");
    await page.waitForSelector("dialog", { state: "detached" });
  });

  const leave = async () => {
    const asked = [];
    made.page.on("dialog", (dialog) => void (asked.push(dialog.type()), dialog.accept()));
    await made.page.reload();
    await made.page.waitForSelector("main h1");
    return asked;
  };
  const notice = "Your last recovery codes were shown here";

  it("given that nobody kept them, then a reload asks, and afterwards new ones are offered until they are kept", async () => {
    const { page } = made;
    await at("/account");
    await page.click(".btn:has-text('New recovery codes')");
    expect(await page.textContent("dialog")).toContain("shown once");
    await page.keyboard.press("Escape");
    await codes();
    expect(await leave()).toEqual(["beforeunload"]);
    await page.getByText(notice).waitFor();
    await page.click(".btn.primary:has-text('New recovery codes')");
    await page.fill("dialog input[type=password]", "right");
    await page.keyboard.press("Enter");
    await page.check("dialog input[type=checkbox]");
    await page.click("dialog .btn:has-text('Done')");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await page.getByText(notice).count()).toBe(0);
    expect(await leave()).toEqual([]);
    expect(await page.getByText(notice).count()).toBe(0);
  });

  it("given the first codes, on the way in, then it is said before that they come once, and a reload asks", async () => {
    const { page, mock } = made;
    mock.world.head = '<meta name="stage" content="enrol">';
    await page.goto(`${mock.url}/sign-in`);
    await page.getByText("They are shown once").waitFor();
    await page.fill("form input", "123456");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".codes");
    const asked = [];
    page.on("dialog", (dialog) => void (asked.push(dialog.type()), dialog.accept()));
    await page.reload();
    await expect.poll(() => asked).toEqual(["beforeunload"]);
    mock.world.head = "";
    await at("/account");
    await page.getByText(notice).waitFor();
  });

  it("given that they are kept, then Done is there and nothing is asked", async () => {
    const { page } = made;
    await codes();
    await page.check("dialog input[type=checkbox]");
    expect(await page.isDisabled("dialog .btn:has-text('Done')")).toBe(false);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
  });
});

describe("the audit", () => {
  it("given a queue that was changed, then it has its name and a link; one that is there no more is said to be", async () => {
    const { page } = made;
    await at("/admin/audit");
    const rows = page.locator("tbody tr");
    expect(await rows.nth(0).innerText()).toContain("Orders and returns");
    expect(await rows.nth(1).innerText()).toContain("a queue that is there no more");
    expect(await rows.nth(1).locator("a[href^='/admin/queues']").count()).toBe(0);
    await rows.nth(0).locator("a[href='/admin/queues/orders']").click();
    await page.waitForURL(/queues\/orders/);
  });

  it("given a reader who may not set up, then the name is there without a link", async () => {
    const { page, mock } = made;
    const { setup_write: _, ...rights } = ADMIN;
    mock.world.rights = rights;
    await page.goto(`${mock.url}/admin/audit`);
    await page.getByText("Orders and returns").waitFor();
    expect(await page.locator("main a[href^='/admin/queues']").count()).toBe(0);
  });

  it("given lines about calls, then each says whose it was and when, and none an id", async () => {
    const { page } = made;
    await at("/admin/audit");
    const rows = page.locator("tbody tr");
    await rows.first().waitFor();
    const said = await rows.allInnerTexts();
    expect(said[6]).toContain("call from Marisol Etxeberria\nyesterday");
    expect(said.find((row) => row.includes("to +34600111222"))).toContain("call to +34600111222");
    for (const words of [
      "call from a withheld number",
      "call from an erased customer",
      "a call that is there no more",
      "call from +34600111333, yesterday",
    ])
      expect(said.filter((row) => row.includes(words)).length, words).toBe(1);
    expect(said.join().includes("ix-")).toBe(false);
    expect(said.filter((row) => row.includes("recordings: ")).length).toBe(3);
  });

  it("given Russian, whose words are longer, then nothing of a line is cut", async () => {
    const { page, mock } = made;
    mock.world.language = "ru";
    await at("/admin/audit");
    await page.locator("tbody tr").first().waitFor();
    const cut = await page.locator("tbody *").evaluateAll((all) => {
      const isCut = (each) =>
        getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
      return all.filter(isCut).map((each) => each.textContent);
    });
    expect(cut).toEqual([]);
    const table = await page.locator(".table.data").boundingBox();
    expect(table.x + table.width).toBeLessThanOrEqual(1280);
  });

  it("given people, then their sign-in names stand below; a failed sign-in shows no hash", async () => {
    const { page } = made;
    await at("/admin/audit");
    const rows = page.locator("tbody tr");
    await rows.first().waitFor();
    const said = await rows.allInnerTexts();
    expect(said[0]).toContain("Amaia Lindqvist\namaia");
    const failed = said.filter((row) => row.includes("failed to sign in"));
    expect(failed[0]).toContain("unknown sign-in name; what was typed is not kept");
    expect(failed[1]).not.toContain("unknown sign-in name");
    expect(failed.join().includes("0f3")).toBe(false);
  });
});

describe("a team's name", () => {
  const meanwhile = async () => {
    const { page, mock } = made;
    await at("/admin/teams/te-1");
    await page.fill("input[name=name]", "Front desk");
    Object.assign(mock.world.team, { version: 2, name: "Second line" });
    await page.click("form [type=submit]");
    await page.waitForSelector(".differences");
    return mock.world.team;
  };

  it("given somebody quicker, then both names are shown, and mine is saved over theirs when I say so", async () => {
    const { page } = made;
    const team = await meanwhile();
    const rows = await page.locator(".differences tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split("\t"))).toEqual([["Name of the team", "Second line", "Front desk"]]);
    expect([await page.textContent("h1"), team.name]).toEqual(["Second line", "Second line"]);
    await page.click("form [type=submit]");
    await page.waitForSelector(".differences", { state: "detached" });
    expect([await page.textContent("h1"), team.name, team.version]).toEqual(["Front desk", "Front desk", 3]);
  });

  it("given theirs taken, then the field is as it is there and nothing is left to save", async () => {
    const { page } = made;
    const team = await meanwhile();
    await page.click(".btn:has-text('Take what is there')");
    expect(await page.inputValue("input[name=name]")).toBe("Second line");
    await page.waitForSelector("form [type=submit]:disabled");
    expect([team.name, await page.locator(".differences").count()]).toEqual(["Second line", 0]);
  });
});
