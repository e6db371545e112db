// Checks the catalogues: all four complete, no key twice, placeholders alike, every key used in the source known.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../src");
const LANGUAGES = ["en", "es", "zh", "ru"];

const text = (tag) => readFileSync(join(root, `i18n/${tag}.json`), "utf8");
const read = (tag) => JSON.parse(text(tag));
const twice = (tag) => {
  const keys = [...text(tag).matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1]);
  return keys.filter((key, place) => keys.indexOf(key) !== place);
};
const holes = (text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort().join(" ");
const sources = readdirSync(root, { recursive: true })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(join(root, name), "utf8"))
  .join("\n");

const en = read("en");
const problems = [];

for (const tag of LANGUAGES) {
  const catalogue = read(tag);
  const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
  const missing = Object.keys(en).filter((key) => !(key in catalogue));
  problems.push(...missing.map((key) => `${tag}: missing ${key}`));
  problems.push(...twice(tag).map((key) => `${tag}: ${key} stands there twice`));
  for (const [key, text] of Object.entries(catalogue)) {
    if (!(key in en)) problems.push(`${tag}: unknown ${key}`);
    else if (holes(text) !== holes(en[key]) && typeof text === "string")
      problems.push(`${tag}: other placeholders in ${key}`);
    if (typeof text !== "object") continue;
    for (const form of forms) if (!(form in text)) problems.push(`${tag}: ${key} lacks the form "${form}"`);
  }
}

const used = new Set([...sources.matchAll(/\bt(?:ryT)?\(\s*"([\w.]+)"/g)].map((match) => match[1]));
for (const key of used) if (!(key in en)) problems.push(`source: ${key} is in no catalogue`);
const literal = (key) =>
  sources.includes(`"${key}"`) ||
  sources.includes(`${key.slice(0, key.lastIndexOf("."))}.\${`) ||
  sources.includes(`${key.slice(0, key.lastIndexOf("_"))}_\${`) ||
  /^(error|status|priority|level|direction|match|label|why|offer|reason|entry|category|refused|title|result|stage|trace|ending|cause)\./.test(
    key,
  );
for (const key of Object.keys(en)) if (!literal(key)) problems.push(`en: ${key} is used nowhere`);

for (const problem of problems) console.error(problem);
console.log(
  problems.length
    ? `${problems.length} problems`
    : `${LANGUAGES.join(", ")} complete: ${Object.keys(en).length} texts`,
);
process.exit(problems.length ? 1 : 0);
