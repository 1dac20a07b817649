// `npm run types`: one program of the compiler for the whole tree and all TypeScript blocks of README.md and docs/. Each program of its own would check the
// sources again that it imports.
import { rmSync, writeFileSync } from "node:fs";
import { readPages, writeProject } from "./docs/docs-project.ts";
import { ROOT } from "./lib/paths.ts";
import { run } from "./lib/run.ts";

/** Inside the repository, so that `perdure` and Node's types resolve as they do for a user; git-ignored. */
const BLOCKS = `${ROOT}/.docs-types`;
const TREE = ["packages/*/src", "packages/*/test", "packages/*/templates", "examples", "bench", "scripts", "test"];
/** A program of its own: it knows the browser, and the rest does not. */
const CONSOLE = "packages/console/src";
/** Azure apps are compiled by their own build, with options of their own. */
const NOT_OURS = ["**/node_modules", "**/dist", "bench/peers", "examples/azure/*/src", "packages/*/templates/azure", CONSOLE];

/** A page may show a name that it does not use. */
const UNUSED_IN_A_BLOCK = /^\.docs-types\/.*: error TS(?:6133|6138|6192|6196|6198|6199): /;

/** Four checkers side by side check much of the tree twice; and the heap (0.8 GB at most) is collected once, and not again and again: 8.4 s of processor time become 6.1. */
const ARGUMENTS = ["--checkers", "1", "--pretty", "false"];
const ENVIRONMENT = { ...process.env, GOGC: "400" };

const above = (patterns: readonly string[]) => patterns.map((pattern) => `../${pattern}`);

const files = writeProject(BLOCKS, readPages());
const project = {
  extends: "../tsconfig.json",
  compilerOptions: { moduleDetection: "force" },
  include: above(TREE),
  exclude: above(NOT_OURS),
  files,
};
writeFileSync(`${BLOCKS}/tsconfig.json`, JSON.stringify(project, null, 2));
const compile = (folder: string) =>
  run(process.execPath, [`${ROOT}/node_modules/typescript/bin/tsc`, "-p", folder, ...ARGUMENTS], { env: ENVIRONMENT });
const tree = await compile(BLOCKS);
const page = await compile(`${ROOT}/packages/console`);
const ok = tree.ok && page.ok;
const output = `${tree.output}\n${page.output}`;
const problems = output.split("\n").filter((line) => line.trim() !== "" && !UNUSED_IN_A_BLOCK.test(line));
if (problems.length > 0) console.error(`${problems.join("\n")}\n(.docs-types/PAGE/block(LINE) is that line of PAGE)`);
if (files.length === 0) console.error("There is no TypeScript block in README.md or docs/.");
// Unused names of blocks alone do not fail the step; a compiler that fails without a word does.
const failed = problems.length > 0 || files.length === 0 || (!ok && output.trim() === "");
if (!failed) rmSync(BLOCKS, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
