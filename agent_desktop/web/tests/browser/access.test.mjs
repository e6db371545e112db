// The page for everybody: axe over every scene in both themes.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { scenesOf } from "./scenes.mjs";
import { stage, still } from "./stage.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 AA whole: whatever axe finds under these is a failure; so is best practice where its impact is grave. */
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const GRAVE = ["serious", "critical"];

const made = stage({ path: null, viewport: { width: 1366, height: 768 } });
const { scenes, opened } = scenesOf(made);

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

/**
 * Every rule is run in light. Of axe's rules only those of its category "color" read a colour; the others see the
 * document and its boxes. So each scene is held to have the same document and boxes in dark, and is asked there for the
 * rules of colour alone.
 */
describe("axe finds nothing against WCAG 2.2 AA", () => {
  for (const [name, show] of Object.entries(scenes)) {
    it(`given ${name}, in light and in dark`, async () => {
      await show();
      await made.page.evaluate(AXE);
      expect(await against({ type: "tag", values: [...WCAG, "best-practice"] }), `${name} light`).toEqual([]);
      await sameInBoth();
      expect(await against({ type: "rule", values: await colourRules() }), `${name} dark`).toEqual([]);
    });
  }
});

async function against(runOnly) {
  const violations = await made.page.evaluate(
    async (runOnly) => (await window.axe.run(document, { runOnly, resultTypes: ["violations"] })).violations,
    runOnly,
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

async function colourRules() {
  const rules = await made.page.evaluate(() => window.axe.getRules(["cat.color"]));
  const ids = rules.filter(({ tags }) => tags.some((tag) => WCAG.includes(tag))).map(({ ruleId }) => ruleId);
  expect(ids).toContain("color-contrast");
  return ids;
}

/** Ends in dark. A clock that ticked between the two looks may have widened its place: then both are taken again. */
async function sameInBoth(tries = 3) {
  const [light, dark] = [await shapeIn("light"), await shapeIn("dark")];
  if (tries > 0 && light.join() !== dark.join()) return sameInBoth(tries - 1);
  expect(dark).toEqual(light);
}

async function shapeIn(colorScheme) {
  await made.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await still(made.page);
  return made.page.evaluate(shape);
}

/** Each element with its attributes, its box and whether it is shown; figures count as one, since clocks run. */
function shape() {
  return [...document.querySelectorAll("*")].map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    const { display, visibility, opacity } = getComputedStyle(each);
    const own = [...each.attributes].map(({ name, value }) => `${name}=${value.replace(/[\d.]+/g, "0")}`);
    return [each.tagName, ...own, x, y, width, height, display, visibility, opacity].join(" ");
  });
}
