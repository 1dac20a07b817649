import { rmSync } from "node:fs";
import { after } from "node:test";
import { ROOT } from "../lib/paths.ts";
import { bundleCase } from "./bundles.testsuite.ts";
import { readPages, writeProject } from "./docs-project.ts";

/** As guides.test.ts has it. */
const PROJECT = `${ROOT}/.docs-bundles`;
writeProject(
  PROJECT,
  readPages().filter(({ path }) => path === "docs/guides/bundlers.md"),
);
after(() => rmSync(PROJECT, { recursive: true, force: true }));

for (const format of ["esm", "cjs"] as const)
  for (const withThreads of [false, true]) bundleCase(`${PROJECT}/docs/guides/bundlers.md`, format, withThreads);
