import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readPages } from "./docs/docs-project.ts";
import { MANIFESTS, outputMismatch, PROGRAM_TIMEOUT_MS, README_PROGRAM, readmeProgram } from "./docs/readme-program.ts";
import { typedEntries } from "./lib/entry-points.ts";
import { NODE24, ROOT } from "./lib/paths.ts";
import type { RunResult } from "./lib/run.ts";
import { run } from "./lib/run.ts";

export function mustPass(what: string, result: RunResult): void {
  assert.ok(result.ok, `${what} failed:\n${result.output}`);
}

/** What of the package is tried, beside what every user of it does. */
export interface PackedChecks {
  /** The compiler checks the README's program and every entry point, and the program runs beside each `package.json` that a new user may have. */
  readonly isThorough: boolean;
}

/** `install`: puts what is packed of the built package into the folder's `node_modules`, and what it depends on. */
export function testPackedPackage(title: string, { isThorough }: PackedChecks, install: (folder: string) => Promise<void>): void {
  test(title, { timeout: 240_000 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "perdure-pack-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    mustPass("npm run build", await run(process.execPath, ["scripts/build.ts"], { cwd: ROOT }));
    writeFileSync(join(folder, "package.json"), "{}"); // else npm looks for one above the folder
    await install(folder);
    await runsFrom(folder, isThorough);
  });
}

async function runsFrom(folder: string, isThorough: boolean): Promise<void> {
  const program = readmeProgram(readPages());
  assert.ok(program !== null, `README.md has no block "ts file=${README_PROGRAM}": it is the program that the packed package must run`);
  const installed = join(folder, "node_modules", "perdure");
  for (const { specifier, file } of typedEntries())
    assert.ok(existsSync(join(installed, "dist", file)), `${specifier} has no declarations`);
  assert.ok(
    existsSync(join(installed, "README.md")) && existsSync(join(installed, "LICENSE")),
    "README.md or LICENSE is not in the package",
  );

  writeFileSync(join(folder, README_PROGRAM), program.block.code);
  writeFileSync(join(folder, ENTRIES), everyEntry());
  if (isThorough) await compiles(folder);
  mustPass("importing every entry point", await run(process.execPath, [ENTRIES], { cwd: folder, timeoutMs: PROGRAM_TIMEOUT_MS }));

  const command = join(installed, "dist", "cli", "main.js");
  mustPass("perdure init", await run(process.execPath, [command, "init", "new-app"], { cwd: folder, timeoutMs: PROGRAM_TIMEOUT_MS }));
  assert.ok(existsSync(join(folder, "new-app", "src", "index.test.ts")), "the package has no templates");
  const old = await run(process.execPath, ["--import", OLD_NODE, command, "start"], { cwd: folder, timeoutMs: PROGRAM_TIMEOUT_MS });
  assert.match(old.output, /^perdure: Perdure needs Node 24 or newer, and this is Node 20[^\n]* \[NODE_TOO_OLD\]\n?$/);

  await needsCompiler(command, folder);
  writeFileSync(join(folder, "app.mjs"), APP);
  await startsWorkers(command, folder);

  for (const [situation, manifest] of Object.entries(MANIFESTS)) {
    if (!isThorough && situation !== OLDEST_NODE_IN) continue;
    if (manifest === null) rmSync(join(folder, "package.json"));
    else writeFileSync(join(folder, "package.json"), manifest);
    for (const node of situation === OLDEST_NODE_IN ? [process.execPath, NODE24] : [process.execPath]) {
      const result = await run(node, [README_PROGRAM], { cwd: folder, timeoutMs: PROGRAM_TIMEOUT_MS });
      mustPass(`the README's program in ${situation}`, result);
      assert.equal(outputMismatch(program, result.output), null, situation);
    }
  }
}

async function compiles(folder: string): Promise<void> {
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(userProject([README_PROGRAM, ENTRIES])));
  const compiler = `${ROOT}/node_modules/typescript/bin/tsc`;
  mustPass(
    "type-checking the README's program and every entry point",
    await run(process.execPath, [compiler, "-p", folder, "--pretty", "false"]),
  );
}

const APP = `import { orchestrator } from "perdure"; export const hello = orchestrator("Hello", async () => "hi");`;

/** The only place without esbuild: that of the repository is found beside Perdure everywhere else. */
async function needsCompiler(command: string, folder: string): Promise<void> {
  mkdirSync(join(folder, "azure"));
  const files = { "package.json": '{ "main": "*.ts" }', "host.json": "{}", "colours.ts": "export enum Colour { Red }" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "azure", name), text);
  const { output } = await run(process.execPath, [command, "check", "azure"], { cwd: folder, timeoutMs: PROGRAM_TIMEOUT_MS });
  assert.match(output, /colours\.ts" cannot be run by Node alone.*enum.*: npm install esbuild; .*\[COMPILER_MISSING\]/);
}

/** Worker processes are started from another file of the package. */
async function startsWorkers(command: string, folder: string): Promise<void> {
  const args = [command, "start", "app.mjs", "--workers", "1", "--port", "0", "--store", "file:workers.db"];
  const host = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => host.kill("SIGKILL"), PROGRAM_TIMEOUT_MS);
  const isUp = (said: string) => /started in \d+ ms/.test(said);
  let output = "";
  const hear = (text: string) => {
    const wasUp = isUp(output);
    output += text;
    if (isUp(output) && !wasUp) host.kill("SIGTERM"); // a second one would end it at once
  };
  for (const stream of [host.stdout, host.stderr]) stream.setEncoding("utf8").on("data", hear);
  const [code] = await once(host, "close");
  clearTimeout(timer);
  assert.ok(isUp(output) && code === 0, `code ${code}: ${output}`);
}

/** Both versions of Node read a package.json alike: the oldest one runs the program in this situation alone. */
const OLDEST_NODE_IN = "npm init -y";

const ENTRIES = "entries.mts";

/** A Node that says it is an old one. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.1" } })`;

/** Imports each entry point that has types, and uses what it gives: a file that was left out of the package is found. */
function everyEntry(): string {
  const entries = typedEntries();
  const imports = entries.map(({ specifier }, index) => `import * as entry${index} from "${specifier}";`);
  return [
    ...imports,
    `if (![${entries.map((_, index) => `entry${index}`)}].every((entry) => Object.keys(entry).length > 0)) process.exit(1);`,
  ].join("\n");
}

/** What a user of the package has: its declarations, Node's types, and none of our settings. */
function userProject(files: readonly string[]): object {
  const compilerOptions = {
    module: "nodenext",
    target: "esnext",
    strict: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [`${ROOT}/node_modules/@types`],
  };
  return { compilerOptions, files };
}
