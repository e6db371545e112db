// The set-up pages: queues, outcomes, the do-not-call list; whoever comes second is shown both, and nothing is lost.

import { describe, expect, it } from "vitest";
import { ADMIN } from "../../dev/office.mjs";
import { stage } from "./stage.mjs";

const made = stage({ path: null });

const at = async (path) => {
  made.mock.world.rights = ADMIN;
  await made.page.goto(made.mock.url + path);
  await made.page.waitForSelector("main h1");
};

describe("queues", () => {
  it("given a number out of its bounds, then its field says so, and what is right is saved alone", async () => {
    await at("/admin/queues/main");
    await made.page.fill("input[name=ring_seconds]", "3");
    await made.page.click("form [type=submit]");
    expect(await made.page.textContent(".problem")).toContain("5");
    expect(await made.page.evaluate(() => document.activeElement.name)).toBe("ring_seconds");
    await made.page.fill("input[name=ring_seconds]", "25");
    await made.page.check("input[value=ring_all]");
    const [sent] = await Promise.all([
      made.page.waitForRequest((one) => one.method() === "PATCH"),
      made.page.click("form [type=submit]"),
    ]);
    expect(sent.postDataJSON()).toEqual({ version: 1, strategy: "ring_all", ring_seconds: 25 });
    await made.page.waitForSelector("form [type=submit]:disabled");
  });

  it("given somebody quicker, then both are shown, what was typed stays, and it can be saved over theirs", async () => {
    const { page, mock } = made;
    await at("/admin/queues/main");
    await page.fill("input[name=ring_seconds]", "25");
    const main = mock.world.setup.queues[0];
    Object.assign(main, { version: 2, ring_seconds: 40, wrap_mode: "mandatory" });
    await page.click("form [type=submit]");
    await page.waitForSelector(".differences");
    const rows = await page.locator(".differences tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split("\t"))).toEqual([
      ["An outcome", "Outcome needed", "Outcome needed"],
      ["Rings for, seconds", "40", "25"],
    ]);
    expect(await page.inputValue("input[name=ring_seconds]")).toBe("25");
    expect(main.ring_seconds).toBe(40);
    await page.click("form [type=submit]");
    await page.waitForSelector(".differences", { state: "detached" });
    expect([main.ring_seconds, main.wrap_mode, main.version]).toEqual([25, "mandatory", 3]);
  });

  it("given somebody quicker and theirs taken, then the form is as it is there and nothing is left to save", async () => {
    const { page, mock } = made;
    await at("/admin/queues/main");
    await page.fill("input[name=ring_seconds]", "25");
    Object.assign(mock.world.setup.queues[0], { version: 2, ring_seconds: 40 });
    await page.click("form [type=submit]");
    await page.click(".btn:has-text('Take what is there')");
    expect(await page.inputValue("input[name=ring_seconds]")).toBe("40");
    await page.waitForSelector("form [type=submit]:disabled");
  });
});

describe("a queue that hardly anybody serves", () => {
  it("given nobody, then its tile says so", async () => {
    made.mock.world.hardly = { orders: [] };
    await at("/admin/queues");
    await made.page.waitForSelector(".tile .tag");
    expect(await made.page.locator(".tile:has(.tag)").allInnerTexts()).toEqual([
      expect.stringContaining("Nobody can serve it"),
    ]);
  });

  it("given one alone, then closing their account names the queue before it is done", async () => {
    made.mock.world.hardly = { orders: ["st-2"] };
    await at("/admin/people/st-2");
    await made.page.getByRole("button", { name: "Close", exact: false }).last().click();
    const words = await made.page.textContent("dialog[open]");
    expect(words).toContain("Nobody else can serve: ");
    expect(words).toContain(made.mock.world.setup?.queues.find(({ id }) => id === "orders").name ?? "");
  });
});

describe("who serves a queue", () => {
  const save = () => made.page.click("form [type=submit]");
  const sent = async (method, act) => {
    const [request] = await Promise.all([
      made.page.waitForRequest((one) => one.method() === method && one.url().includes("/api/")),
      act(),
    ]);
    return request.postDataJSON();
  };

  it("given keys only, then a queue is made, and a skill with its level, a step and a person are named", async () => {
    const { page } = made;
    await at("/admin/queues");
    await page.focus("main .btn.primary");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Night line");
    await page.keyboard.press("Enter");
    await page.waitForURL(/night_line/);
    await page.fill("input[name=dids]", "+34 911 222 333, 905");
    await page.check("input[value=some]");
    await page.check("input[name=groups][value=first_line]");
    await page.fill("input[name=members]", "priya");
    await page.click(".adder-found button:has-text('Priya')");
    await page.click("fieldset:has(> legend:text-is('Skills asked for')) [role=combobox]");
    await page.click("[role=option]:has-text('English')");
    await page.click("[role=combobox][aria-label^='Level of English']");
    await page.click("[role=option]:has-text('Level 5')");
    await page.check("input[value=best]");
    await page.click(".btn:has-text('Add a step')");
    await page.fill(".steps input.figures", "45");
    await page.click(".steps [aria-label='Take English away']");
    expect(await sent("PATCH", save)).toEqual({
      version: 7,
      everyone: false,
      dids: ["+34 911 222 333", "905"],
      groups: ["first_line"],
      members: ["st-3"],
      skills: { english: 5 },
      evaluation: "best",
      steps: [{ after_seconds: 45, skills: {}, groups: [] }],
    });
  });

  it("given nobody who could serve, or numbers that are none, then the fields say so and nothing is sent", async () => {
    const { page } = made;
    await at("/admin/queues/main");
    await page.check("input[value=some]");
    await page.fill("input[name=dids]", "nine");
    await save();
    const words = await page.locator(".problem").allTextContents();
    expect(words.join(" ")).toContain("Somebody has to serve it");
    expect(words.join(" ")).toContain("Numbers of digits");
    expect(made.mock.world.setup.queues[0].version).toBe(1);
  });

  it("given its removal, then it says what becomes of its callers, and the main queue has no such button", async () => {
    const { page, mock } = made;
    await at("/admin/queues/main");
    expect(await page.locator(".btn:has-text('Remove queue')").count()).toBe(0);
    await at("/admin/queues/orders");
    await page.click(".btn:has-text('Remove queue')");
    expect(await page.textContent("dialog")).toContain("at the same place");
    await page.click("dialog .btn.danger");
    await page.waitForURL(/admin\/queues$/);
    expect(mock.world.setup.queues.map(({ id }) => id)).toEqual(["main"]);
  });

  it("given a skill that somebody has, then its removal is refused in words and it stays", async () => {
    const { page } = made;
    await at("/admin/skills");
    await page.click("[aria-label='Remove English']");
    await page.click("dialog .btn.danger");
    expect(await page.textContent(".toast")).toContain("in use");
    expect(await page.locator(".outcomes > li").count()).toBe(2);
  });

  it("given a skill and a group made, then a person is given both on their page", async () => {
    const { page } = made;
    for (const [path, name] of [
      ["/admin/skills", "Russian"],
      ["/admin/groups", "Night"],
    ]) {
      await at(path);
      await page.click("main .btn.primary");
      await page.fill("dialog input[name=name]", name);
      await page.click("dialog [type=submit]");
      await page.waitForSelector(`.outcomes > li:has-text('${name}')`);
    }
    await at("/admin/people/st-3");
    await page.check("input[name=groups][value=night]");
    await page.click("fieldset:has(> legend:text-is('Skills')) [role=combobox]");
    await page.click("[role=option]:has-text('Russian')");
    const body = await sent("PUT", () => page.click("form:has(input[name=groups]) [type=submit]"));
    expect(body).toEqual({ version: 0, skills: { russian: 3 }, groups: ["night"] });
    await page.waitForSelector("form:has(input[name=groups]) [type=submit]:disabled");
  });

  it("given a change taken back, then the list begins with that", async () => {
    const { page } = made;
    await at("/admin/changes");
    await page.waitForSelector("tbody tr .btn");
    await page.click("tbody tr:first-child .btn");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 4);
    expect(await page.textContent("tbody tr:first-child")).toContain("takes a change back");
  });
});

describe("outcomes", () => {
  const names = () => made.page.locator(".outcomes .strong").allTextContents();

  it("given keys only, then an outcome is made, moved and taken away", async () => {
    const { page } = made;
    await at("/admin/outcomes");
    await page.focus("main .btn.primary");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Call again in May");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    expect((await names()).at(-1)).toBe("Call again in May");
    await page.focus("li:last-child [aria-label*=up]");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() =>
      /May/.test(document.querySelector(".outcomes li:nth-child(3)").textContent),
    );
    expect(made.mock.world.setup.dispositions[2].id).toBe("call_again_in_may");
    await page.focus("li:nth-child(3) [aria-label*=Remove]");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await names()).toEqual(["Resolved", "Order taken", "Nobody spoke"]);
  });

  it("given an outcome removed, when another of its name is made, then it is saved, and has an id of its own", async () => {
    const { page, mock } = made;
    const make = async () => {
      await page.click("main .btn.primary");
      await page.fill("dialog input[name=label]", "Resolved");
      await page.click("dialog [type=submit]");
      await page.waitForSelector("dialog", { state: "detached" });
      return mock.world.setup.dispositions.map(({ id }) => id);
    };
    const drop = async () => {
      await page.click("[aria-label='Remove “Resolved”']");
      await page.click("dialog .btn.danger");
      await page.waitForSelector("dialog", { state: "detached" });
    };
    await at("/admin/outcomes");
    await drop();
    expect(await make()).toEqual(["sale", "silent", "resolved_2"]);
    await drop();
    expect(await make()).toEqual(["sale", "silent", "resolved_3"]);
  });

  it("given a key that another outcome has in the same queue, then the field says whose it is", async () => {
    await at("/admin/outcomes");
    await made.page.click("li:last-child .btn:has-text('Edit')");
    await made.page.click("dialog [role=combobox]");
    await made.page.click("dialog [role=option]:has-text('2')");
    await made.page.click("dialog [type=submit]");
    expect(await made.page.textContent("dialog .problem")).toContain("Order taken");
  });

  /** What another administrator does meanwhile. */
  const elsewhere = (work) => {
    const { setup } = made.mock.world;
    setup.dispositions = work(structuredClone(setup.dispositions));
    setup.version += 1;
  };
  const edit = async (name) => {
    await made.page.click(`[aria-label="Edit “${name}”"]`);
    await made.page.waitForSelector("dialog[open]");
  };

  it("given another outcome changed meanwhile, then this one is saved and that change is kept", async () => {
    await at("/admin/outcomes");
    await edit("Nobody spoke");
    await made.page.fill("dialog input[name=label]", "Silence");
    elsewhere(([first, ...rest]) => [...rest, { ...first, label: "Solved" }]);
    await made.page.click("dialog [type=submit]");
    await made.page.waitForSelector("dialog", { state: "detached" });
    expect(await names()).toEqual(["Order taken", "Silence", "Solved"]);
    expect(made.mock.world.setup.dispositions.map(({ label }) => label)).toEqual(await names());
  });

  /** Not scrolled away in its dialog. */
  const seen = (each) => {
    const [inner, outer] = [each, each.closest("dialog")].map((one) => one.getBoundingClientRect());
    return inner.top >= outer.top && inner.bottom <= outer.bottom;
  };

  it("given the same outcome changed meanwhile, then both are shown and mine is saved when I say so", async () => {
    const { page, mock } = made;
    await page.setViewportSize({ width: 320, height: 640 });
    await at("/admin/outcomes");
    await edit("Nobody spoke");
    await page.fill("dialog input[name=label]", "Silence");
    elsewhere(([one, two, three]) => [one, two, { ...three, label: "Empty line", key: "9" }]);
    await page.click("dialog [type=submit]");
    await page.waitForSelector(".differences");
    expect(await page.locator("dialog .notice").evaluate(seen)).toBe(true);
    const rows = await page.locator(".differences tbody tr").allInnerTexts();
    expect(rows.map((row) => row.split("\t"))).toEqual([
      ["Name", "Empty line", "Silence"],
      ["Key", "9", "9"],
    ]);
    expect(mock.world.setup.dispositions[2].label).toBe("Empty line");
    await page.click("dialog [type=submit]");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(mock.world.setup.dispositions[2]).toMatchObject({ id: "silent", label: "Silence", key: "9" });
  });

  it("given the outcome removed meanwhile, then it is said and it can be put back", async () => {
    const { page, mock } = made;
    await at("/admin/outcomes");
    await edit("Nobody spoke");
    elsewhere((all) => all.slice(0, 2));
    await page.click("dialog [type=submit]");
    await page.click("dialog .btn:has-text('Put it back')");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(mock.world.setup.dispositions.map(({ id }) => id)).toEqual(["resolved", "sale", "nobody_spoke"]);
  });

  it("given it changed before its removal was confirmed, then it stays and the page shows it as it is", async () => {
    const { page, mock } = made;
    await at("/admin/outcomes");
    await page.click("[aria-label='Remove “Nobody spoke”']");
    elsewhere(([one, two, three]) => [one, two, { ...three, label: "Empty line" }]);
    await page.click("dialog .btn.danger");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await names()).toEqual(["Resolved", "Order taken", "Empty line"]);
    expect(mock.world.setup.dispositions).toHaveLength(3);
  });
});

describe("the do-not-call list", () => {
  it("given a number, then it is on the list; given nonsense, then its field says what is wanted", async () => {
    const { page } = made;
    await at("/admin/do-not-call");
    await page.fill("input[name=number]", "not a number");
    await page.keyboard.press("Enter");
    expect(await page.textContent(".problem")).toContain("+3491*");
    await page.fill("input[name=number]", "+34655000111");
    await page.keyboard.press("Enter");
    await page.waitForSelector("tbody tr:first-child:has-text('+34655000111')");
    expect(await page.inputValue("input[name=number]")).toBe("");
  });

  const patterns = () => made.page.locator("tbody td:first-child").allInnerTexts();

  it("given a part of a number or of a reason, then the entries that fit are shown, and the address keeps it", async () => {
    const { page } = made;
    await at("/admin/do-not-call");
    await page.waitForSelector("tbody tr td.extra");
    expect(await patterns()).toEqual(["+34600111222", "+3480*"]);
    await page.fill("input[type=search]", "600 11");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    expect(await patterns()).toEqual(["+34600111222"]);
    expect(new URL(page.url()).searchParams.get("q")).toBe("600 11");
    await page.fill("input[type=search]", "by mail");
    await page.waitForURL(/q=by/);
    await page.reload();
    await page.waitForSelector("tbody tr td.extra");
    expect([await page.inputValue("input[type=search]"), await patterns()]).toEqual([
      "by mail",
      ["+34600111222"],
    ]);
  });

  it("given nothing that fits, then it is said and one click shows all again", async () => {
    const { page } = made;
    await at("/admin/do-not-call?q=nobody");
    await page.click("main .empty a");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
    expect(await page.inputValue("input[type=search]")).toBe("");
  });

  it("given more than a page, then the rest comes when asked for, each entry once", async () => {
    const { page, mock } = made;
    await at("/admin/do-not-call");
    mock.world.setup.page = 1;
    await page.reload();
    await page.click(".datalist-foot .btn");
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
    expect(await patterns()).toEqual(["+34600111222", "+3480*"]);
    expect(await page.locator(".datalist-foot .btn").count()).toBe(0);
  });
});

const PATHS = [
  "/admin/queues",
  "/admin/queues/orders",
  "/admin/skills",
  "/admin/groups",
  "/admin/announcements",
  "/admin/changes",
  "/admin/outcomes",
  "/admin/do-not-call",
];

describe("every language", () => {
  it.each(["en", "es", "zh", "ru"])(
    "given the set-up pages in it (%s), then nothing is cut or scrolls sideways",
    async (language) => {
      const { page, mock } = made;
      await page.setViewportSize({ width: 1366, height: 768 });
      mock.world.language = language;
      for (const path of PATHS) {
        await at(path);
        await page.waitForFunction((tag) => document.documentElement.lang === tag, language);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll(".btn, .label, h1, h2, .section-link")]
            .filter((each) => each.scrollWidth > each.clientWidth + 1)
            .map((each) => each.textContent),
        );
        expect([path, wide, cut]).toEqual([path, 0, []]);
      }
    },
  );
});
