import assert from "node:assert/strict";
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { PACKAGE, ROOT } from "./lib/paths.ts";
import { testPackedPackage } from "./pack.testsuite.ts";

const SOURCES = "src";

/** Of the package, packed. Its fonts are 88 KB of it. */
const PAGE_BYTES = 200_000;

// npm takes 3 s of processor time to pack the package and install it, the compiler as many to check it: both are in pack.full.test.ts.
testPackedPackage("the built package, with no more than it lists, runs the README's program", { isThorough: false }, async (folder) => {
  const manifest: { readonly files: readonly string[]; readonly dependencies: object } = JSON.parse(
    readFileSync(`${PACKAGE}/package.json`, "utf8"),
  );
  const installed = join(folder, "node_modules", "perdure");
  const packed = ["package.json", ...globSync(["README.md", "LICENSE", ...manifest.files], { cwd: PACKAGE })];
  assert.ok(packed.includes("dist"), `${packed}`);
  mkdirSync(installed, { recursive: true });
  // No program reads the sources.
  for (const name of packed.filter((path) => path !== SOURCES)) cpSync(join(PACKAGE, name), join(installed, name), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(`${ROOT}/node_modules/${name}`, link, "dir");
  }
  const page = globSync(["assets/*", "*.{html,svg,txt}"], { cwd: join(installed, "dist", "console") });
  const bytes = page.reduce((sum, name) => sum + gzipSync(readFileSync(join(installed, "dist", "console", name))).length, 0);
  assert.ok(page.length > 5 && bytes <= PAGE_BYTES, `the console's page adds ${bytes} bytes to the package`);
});
