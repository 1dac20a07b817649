import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inTurn } from "../process/testing/in-turn.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const INDEX = new URL("../index.ts", import.meta.url).href;

/** A Node that reports version 20.11.1: an old one is refused before anything else is loaded. */
const OLD = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.11.1" } })`;

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=perdure-source", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("an older Node gets one sentence from the command line", () => {
  const { status, stdout, stderr } = node("--import", OLD, MAIN, "start");
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(
    stderr,
    /^perdure: Perdure needs Node 24 or newer, and this is Node 20\.11\.1 \(.*node.*\)\. Install [^\n]* \[NODE_TOO_OLD\]\n$/,
  );
});

test("… as JSON if it asked for that", () => {
  const { status, stderr } = node("--import", OLD, MAIN, "list", "--json");
  assert.deepEqual([status, JSON.parse(stderr).error.code], [2, "NODE_TOO_OLD"]);
});

for (const entry of inTurn("old Node", ["../index.ts", "../http/index.ts", "../testing/index.ts"])) {
  test(`an older Node gets it from the library (${entry})`, () => {
    const url = new URL(entry, import.meta.url).href;
    const { status, stderr } = node("--import", OLD, "--input-type=module", "-e", `await import(${JSON.stringify(url)})`);
    assert.equal(status, 1);
    assert.match(stderr, /PerdureError: Perdure needs Node 24 or newer, and this is Node 20\.11\.1/);
    assert.doesNotMatch(stderr, /SyntaxError|node:sqlite/);
  });
}

const OTHERS = [
  ["Deno", "2.9.6"],
  ["Bun", "1.4.4"],
] as const;
for (const [name, version] of inTurn("runtimes", OTHERS)) {
  test(`${name} gets one sentence from the library and the command line`, () => {
    const runtime = OLD.replace('node: "20.11.1"', `node: "26.0.0", ${name.toLowerCase()}: "${version}"`);
    const library = node("--import", runtime, "--input-type=module", "-e", `await import(${JSON.stringify(INDEX)})`);
    assert.equal(library.status, 1);
    assert.match(library.stderr, new RegExp(`PerdureError: Perdure runs on Node.js 24 or newer, and this is ${name} ${version}`));
    const { status, stderr } = node("--import", runtime, MAIN, "start");
    assert.deepEqual([status, stderr.match(/\[RUNTIME_UNSUPPORTED\]\n$/)?.length], [2, 1], stderr);
  });
}

test("the entry imports nothing statically: an old Node would fail on it before the first line runs", () => {
  assert.doesNotMatch(readFileSync(MAIN, "utf8"), /^\s*import[\s{*"']/m);
});

test("the entry works", () => {
  const { status, stdout } = node(MAIN, "--version");
  assert.equal(status, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test("a start that fails under --json says so in one object, and nothing else", () => {
  const { status, stdout, stderr } = node(MAIN, "start", "/nowhere/at/all", "--json", "--store", "memory:");
  assert.deepEqual([status, stdout], [2, ""]);
  assert.equal(JSON.parse(stderr).error.code, "APP_NOT_FOUND");
});
