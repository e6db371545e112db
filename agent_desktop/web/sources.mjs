// What the client is built from, as one fingerprint: the build notes it, and the tests know by it a dist that is old.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["src", "static"];
const FILES = ["build.mjs", "package-lock.json", "tsconfig.json"];

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** The same is computed by tests/support/client.py: a line "path hash" for each file, in the order of the paths. */
export function fingerprint(folder) {
  const within = (name) =>
    readdirSync(join(folder, name), { recursive: true }).map(
      (each) => `${name}/${each.replaceAll("\\", "/")}`,
    );
  const names = [...FOLDERS.filter((name) => existsSync(join(folder, name))).flatMap(within), ...FILES]
    .filter((name) => existsSync(join(folder, name)) && statSync(join(folder, name)).isFile())
    .sort();
  return sha256(names.map((name) => `${name} ${sha256(readFileSync(join(folder, name)))}\n`).join(""));
}
