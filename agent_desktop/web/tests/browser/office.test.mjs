// The pages of the office when the session ends elsewhere: said at the next action, and nothing typed is lost.

import { describe, expect, it } from "vitest";
import { ADMIN } from "../../dev/office.mjs";
import { stage } from "./stage.mjs";

const made = stage();

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
