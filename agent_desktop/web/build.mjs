// Bundles the client into dist/: desk.js, office.js, sign-in.js, desk.css and the favicons. `--watch` rebuilds on change.
import { build, context } from "esbuild";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { fingerprint } from "./sources.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const LIMIT_KB = 250;

const options = {
  entryPoints: {
    desk: join(here, "src/desk.tsx"),
    office: join(here, "src/office.tsx"),
    "sign-in": join(here, "src/sign-in.tsx"),
  },
  outdir: dist,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  legalComments: "linked",
  logLevel: "warning",
};
const styles = { ...options, entryPoints: { desk: join(here, "src/css/desk.css") }, sourcemap: false };

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
cpSync(join(here, "static"), dist, { recursive: true });

if (process.argv.includes("--watch")) {
  for (const each of [options, styles]) await (await context(each)).watch();
  console.log("watching");
} else {
  const from = fingerprint(here); // before: what changes meanwhile wants another build
  await Promise.all([build(options), build(styles)]);
  writeFileSync(join(dist, ".sources"), `${from}\n`);
  report();
}

function report() {
  let over = false;
  for (const name of ["desk.js", "office.js", "sign-in.js", "desk.css"]) {
    const kb = gzipSync(readFileSync(join(dist, name))).length / 1000;
    over ||= kb > LIMIT_KB;
    console.log(`${name.padEnd(12)} ${kb.toFixed(1).padStart(7)} kB gzipped`);
  }
  if (over) {
    console.error(`a bundle is over ${LIMIT_KB} kB gzipped`);
    process.exit(1);
  }
}
