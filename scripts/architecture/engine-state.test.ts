import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { PACKAGE, ROOT } from "../lib/paths.ts";
import { blankOut } from "./blank-out.ts";
import type { SourceFile } from "./inspect-source.ts";
import { isTestFile } from "./inspect-source.ts";
import { readImports } from "./read-imports.ts";

const ENGINE = `${PACKAGE}/src/engine`;
const PAGE = "docs/design/engine-state.md";

/** Neighbours in a {@link LinkedSet}, which alone sets them. */
const LINKS = new Set(["before", "after"]);

const ASSIGNMENT = /(?<![\w.#])([A-Za-z_]\w*(?:\??\.#?\w+)*)\.(\w+)\s*(?:\?\?=|\|\|=|&&=|[-+*]=|\+\+|--|=(?![=>]))/g;
const PUBLIC_FIELD = /^ {2}(?!readonly |static |get |set |#|return |const |let )(?:override )?(\w+)(?:[?!]?: [^(]*)?(?: = .*)?;$/gm;
const KEEPS_STATE = /^ {2}(?:#\w+(?:!?: | = )|readonly #\w+(?:: [^=]*)? = new (?:Map|Set|FreshMap|Fifo|LinkedSet|TaskTable|Line)\b)/m;

function engineSources(): readonly SourceFile[] {
  const paths = globSync("**/*.ts", { cwd: ENGINE }).map((path) => path.replaceAll("\\", "/"));
  const sources = paths.filter((path) => !isTestFile(path)).sort();
  return sources.map((path) => ({ path, text: blankOut(readFileSync(`${ENGINE}/${path}`, "utf8")).codeOnly }));
}

/** Fields that are assigned from outside of the file that declares them. */
function strangeAssignments({ path, text }: SourceFile): readonly string[] {
  const strange: string[] = [];
  for (const [whole, owner, field = ""] of text.matchAll(ASSIGNMENT)) {
    if (owner === "this" || field === "length") continue;
    const isDeclaredHere = new RegExp(`^\\s+${field}\\??: [^,]*;$`, "m").test(text);
    if (!isDeclaredHere) strange.push(`${path}: ${whole.trim()}`);
  }
  return strange;
}

/** Fields of exported classes that others could assign. */
function openFields({ path, text }: SourceFile): readonly string[] {
  const classes = text.split(/^(?=export class )/m).filter((part) => part.startsWith("export class "));
  return classes
    .map((one) => one.slice(0, one.search(/^}/m)))
    .flatMap((body) => [...body.matchAll(PUBLIC_FIELD)].map(([, field = ""]) => field))
    .filter((field) => !LINKS.has(field))
    .map((field) => `${path}: ${field}`);
}

/** The cells of the table behind this heading of the page. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const page = readFileSync(`${ROOT}/${PAGE}`, "utf8");
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((line) => line.split("|").slice(1, -1));
}

const namesIn = (cell = ""): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

const sources = engineSources();

/** Files that stand in no folder: those for all, and those that know all. */
const FOR_ALL = ["options.ts", "phase.ts", "taps.ts"];
const OVER_ALL = ["composition.ts", "worker.ts"];

/** Imports between folders of the engine that do not go to a folder above in `order`. */
function strangeArrows({ path, text }: SourceFile, order: readonly string[]): readonly string[] {
  const floorOf = (file: string) => order.indexOf(posix.dirname(file));
  if (OVER_ALL.includes(path)) return [];
  if (!FOR_ALL.includes(path) && floorOf(path) < 0) return [`${path}: its folder is not listed`];
  const targets = readImports(text).map(({ specifier }) => posix.join(posix.dirname(path), specifier));
  const own = targets.filter((to) => !to.startsWith("..") && !FOR_ALL.includes(to));
  return own.filter((to) => floorOf(to) < 0 || floorOf(to) > floorOf(path)).map((to) => `${path} → ${to}`);
}

test(`the folders of the engine import along the order in which ${PAGE} lists them`, () => {
  const order = tableOf("Folders").flatMap(([folder]) => namesIn(folder));
  const files = globSync("**/*.ts", { cwd: ENGINE }).map((path) => path.replaceAll("\\", "/"));
  const product = files.filter((path) => !isTestFile(path)).sort();
  const texts = product.map((path) => ({ path, text: blankOut(readFileSync(`${ENGINE}/${path}`, "utf8")).withoutComments }));
  assert.deepEqual(
    texts.flatMap((source) => strangeArrows(source, order)),
    [],
  );
  for (const folder of order)
    assert.ok(
      product.some((path) => posix.dirname(path) === folder),
      `${PAGE} lists ${folder}, which is not there`,
    );
});

test("an arrow against the order is found, and one to a file over all", () => {
  const arrows = (path: string, to: string) => strangeArrows({ path, text: `import type { A } from "${to}";\n` }, ["low", "high"]);
  assert.deepEqual(arrows("low/a.ts", "../high/b.ts"), ["low/a.ts → high/b.ts"]);
  assert.deepEqual(arrows("high/a.ts", "../worker.ts"), ["high/a.ts → worker.ts"]);
  assert.deepEqual(arrows("other/a.ts", "../low/b.ts"), ["other/a.ts: its folder is not listed"]);
  assert.deepEqual(arrows("phase.ts", "./low/b.ts"), ["phase.ts → low/b.ts"]);
  for (const to of ["../low/b.ts", "./b.ts", "../phase.ts", "../../model/a.ts"]) assert.deepEqual(arrows("high/a.ts", to), []);
});

/** What a worker is, and not a part of it. */
const OF_THE_WORKER = ["parts", "settings", "phase", "identity"];
/** A part that needs more of the others does more than one thing. */
const MOST_MEMBERS = 9;

/** Ports that name more of the other parts than that. */
function widePorts({ path, text }: SourceFile): readonly string[] {
  const ports = [...text.matchAll(/^export interface (\w+Port)\b[^{]*\{\n([\s\S]*?)^\}/gm)];
  const widths = ports.map(([, name = "", body = ""]) => {
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = ""]) => member);
    return { name, width: members.filter((member) => !OF_THE_WORKER.includes(member)).length };
  });
  return widths.filter(({ width }) => width > MOST_MEMBERS).map(({ name, width }) => `${path}: ${name} has ${width} members`);
}

test(`no part of the engine asks for more than ${MOST_MEMBERS} others`, () => {
  assert.deepEqual(sources.flatMap(widePorts), []);
  const members = (count: number) => Array.from({ length: count }, (_, at) => `  readonly a${at}: A;\n`).join("");
  const text = `export interface APort extends BPort {\n  readonly phase: Phase;\n${members(MOST_MEMBERS)}  look(): void;\n}\n`;
  assert.deepEqual(widePorts({ path: "a.ts", text }), [`a.ts: APort has ${MOST_MEMBERS + 1} members`]);
  assert.deepEqual(widePorts({ path: "a.ts", text: text.replace("  look(): void;\n", "") }), []);
});

test("a field of the engine is assigned in the file that declares it, and by no other", () => {
  assert.deepEqual(sources.flatMap(strangeAssignments), []);
});

test("no class of the engine has a field that others could assign", () => {
  assert.deepEqual(sources.flatMap(openFields), []);
});

test("the two rules find what they are for", () => {
  const text = "export class A {\n  readonly b: B;\n  open = 1;\n  typed: Set<string> | null = null;\n  #own = 2;\n}\n";
  assert.deepEqual(openFields({ path: "a.ts", text }), ["a.ts: open", "a.ts: typed"]);
  const other =
    "interface Job {\n  nextAt: number;\n}\njob.nextAt = 1;\ntask.row = null;\nthis.x = 1;\nthis.#port.n += 1;\nif (a.b === c) d();\n";
  assert.deepEqual(strangeAssignments({ path: "b.ts", text: other }), ["b.ts: task.row =", "b.ts: this.#port.n +="]);
});

test(`every file that keeps state of the engine is listed in ${PAGE}, and is there`, () => {
  const listed = tableOf("State in memory").flatMap(([, file]) => namesIn(file));
  const known = new Set(globSync("**/*.ts", { cwd: ENGINE }).map((path) => path.replaceAll("\\", "/")));
  for (const path of listed) assert.ok(path.startsWith("../") || known.has(path), `${PAGE} names ${path}, which is not there`);
  const unlisted = sources.filter(({ path, text }) => KEEPS_STATE.test(text) && !listed.includes(path)).map(({ path }) => path);
  assert.deepEqual(unlisted, [], `these keep state: say in ${PAGE} which`);
});

test(`a kind of row goes into a batch from the files that ${PAGE} names, and from no other`, () => {
  const home = posix.join("commits", "batch.ts");
  for (const [, method, file] of tableOf("Rows of a group commit")) {
    for (const name of namesIn(method)) {
      const call =
        name === "tasks"
          ? /\b(?:batch|gathering)\.tasks\.(?:add|take|finish|beat|giveBack|cancel)\(/
          : new RegExp(`\\b(?:batch|gathering)\\.${name}\\(`);
      const callers = sources.filter(({ path, text }) => path !== home && call.test(text)).map(({ path }) => path);
      assert.deepEqual(callers, [...new Set(namesIn(file))].sort(), `callers of ${name}`);
    }
  }
});

test(`rows outside of a group commit are written by the files that ${PAGE} names, and by no other`, () => {
  const src = `${PACKAGE}/src`;
  const paths = globSync("**/*.ts", { cwd: src }).map((path) => path.replaceAll("\\", "/"));
  const product = paths.filter((path) => !isTestFile(path) && !/^(?:stores|testing)\//.test(path)).sort();
  const texts = product.map((path) => ({ path, text: blankOut(readFileSync(`${src}/${path}`, "utf8")).codeOnly }));
  const rows = tableOf("Rows that are written outside");
  assert.ok(rows.length > 10, `${PAGE} has lost its last table`);
  for (const [method, , file] of rows) {
    for (const name of namesIn(method)) {
      const call = new RegExp(`\\bstore\\.${name}\\(`);
      const callers = texts.filter(({ text }) => call.test(text)).map(({ path }) => path);
      assert.deepEqual(callers, namesIn(file).toSorted(), `callers of ${name}`);
    }
  }
});
