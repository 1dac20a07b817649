import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { PACKAGE, ROOT } from "../lib/paths.ts";
import { findSources } from "../lib/test-files.ts";
import { blankOut } from "./blank-out.ts";
import type { SourceFile } from "./inspect-source.ts";
import { inspectSource, isTestFile, LONG_FILES, linesOf } from "./inspect-source.ts";
import { readImports } from "./read-imports.ts";
import { folderOf, LEAVES, ROOMS, TREE } from "./rooms.ts";

function problems(path: string, text: string): string[] {
  return inspectSource({ path, text }).map(({ line, rule }) => `${line}: ${rule}`);
}

function readSources(): SourceFile[] {
  const paths = globSync("**/*.ts", { cwd: `${PACKAGE}/src` }).map((path) => path.replaceAll("\\", "/"));
  return paths.sort().map((path) => ({ path, text: readFileSync(`${PACKAGE}/src/${path}`, "utf8") }));
}

test("the sources keep to the rooms, their arrows and the house rules", () => {
  const sources = readSources();
  assert.ok(sources.length > 0, "there are no sources to look at");
  const violations = sources.flatMap(inspectSource).map(({ path, line, rule }) => `packages/perdure/src/${path}:${line}  ${rule}`);
  assert.equal(violations.length, 0, `ARCHITECTURE.md, "Rooms and the direction of arrows", is broken:\n\n${violations.join("\n")}\n`);
});

test("no arrow between rooms runs back up: the rooms that one may import, for its tests too, never come back to it", () => {
  const below = (room: string): readonly string[] => {
    const { imports = [], types = [], tests = [], pure = false } = ROOMS[room] ?? {};
    const leaves = pure || LEAVES.some((leaf) => leaf === room) ? [] : LEAVES;
    return [...imports, ...types, ...tests, ...leaves].filter((to) => to !== room);
  };
  for (const room of Object.keys(ROOMS)) {
    const reached = new Set(below(room));
    for (const next of reached) for (const further of below(next)) reached.add(further);
    assert.equal(reached.has(room), false, `${room} comes after itself`);
  }
});

test("the folders of the repository import along their arrows, tests included", () => {
  for (const path of findSources()) {
    const from = folderOf(path);
    const { withoutComments } = blankOut(readFileSync(`${ROOT}/${path}`, "utf8"));
    for (const { specifier } of readImports(withoutComments)) {
      if (!specifier.startsWith(".")) continue;
      const to = folderOf(posix.join(posix.dirname(path), specifier));
      assert.ok(
        from === to || TREE[from]?.includes(to) === true || path.startsWith("scripts/architecture/"),
        `${path} imports ${specifier}`,
      );
    }
  }
});

test("an arrow that points the wrong way is named with its line and rule", () => {
  const text = `import { a } from "../model/ids.ts";\nimport {\n  b,\n} from "../engine/worker.ts";\n`;
  assert.deepEqual(problems("core/apply.ts", text), ["2: core may import model, errors, not engine (../engine/worker.ts)"]);
  assert.deepEqual(problems("http/app.ts", `export { x } from "../store/store.ts";`), [
    "1: http may import client, model, require-node.ts, functions (types), errors, telemetry, process, worker-entry.ts, not store (../store/store.ts)",
  ]);
});

test("arrows along the plan are allowed", () => {
  assert.deepEqual(problems("core/apply.ts", `import { a } from "../model/ids.ts";\nimport { b } from "./fold.ts";`), []);
  assert.deepEqual(problems("stores/sqlite/store.ts", `import type { Store } from "../../store/store.ts";`), []);
  assert.deepEqual(problems("cli/verify.ts", `import { verify } from "../testing/invariants.ts";`), []);
  assert.deepEqual(problems("engine/worker.ts", `import { telemetry } from "../telemetry/log.ts";`), []);
});

test("a room known for its types only is refused as a value", () => {
  assert.deepEqual(problems("http/handler.ts", `import type { F } from "../functions/index.ts";`), []);
  assert.deepEqual(problems("http/handler.ts", `import { f } from "../functions/index.ts";`), [
    "1: http may import only types from functions: use `import type` (../functions/index.ts)",
  ]);
});

test("stores do not know each other, and nothing knows testing but cli", () => {
  assert.equal(problems("stores/sqlite/store.ts", `import { m } from "../memory/store.ts";`).length, 1);
  assert.equal(problems("engine/worker.ts", `import { clock } from "../testing/clock.ts";`).length, 1);
  assert.equal(problems("index.ts", `export { clock } from "./testing/clock.ts";`).length, 1);
  assert.equal(problems("testing/suite.ts", `import { s } from "./store.testsuite.ts";`).length, 1);
});

test("tests keep to the arrows, too: what needs a room above stands in packages/perdure/test", () => {
  const above = `import { h } from "../task-hub/task-hub.ts";`;
  assert.deepEqual(problems("http/a.test.ts", above), [
    "1: a test of http that imports task-hub belongs in packages/perdure/test (../task-hub/task-hub.ts)",
  ]);
  assert.equal(problems("http/testing/hub.ts", `import { h } from "../../task-hub/task-hub.ts";`).length, 1);
  assert.equal(problems("replay/run.testsuite.ts", `import { f } from "../functions/orchestrator.ts";`).length, 1);
  assert.equal(problems("client/a.test.ts", `import { u } from "../../test/testing/until.ts";`).length, 1);
  assert.equal(problems("stores/sqlite/a.test.ts", `import { v } from "../../testing/virtual-time.ts";`).length, 1);
  assert.deepEqual(problems("http/a.test.ts", `import { f } from "../functions/http.ts";\nimport { u } from "./testing/api.ts";`), []);
  assert.deepEqual(problems("worker-entry.test.ts", `import { w } from "./worker-entry.ts";`), []);
});

test("dynamic imports are arrows too", () => {
  assert.equal(problems("model/ids.ts", `const m = import("../engine/worker.ts");`).length, 1);
  assert.equal(problems("model/ids.ts", `import "../engine/worker.ts";`).length, 1);
  assert.deepEqual(problems("model/ids.ts", `export interface A {\n  readonly kind: "a";\n}\nexport type B = "b" | "c";`), []);
});

test("a new room must be given its place", () => {
  assert.match(problems("cloud/a.ts", `import { a } from "../model/ids.ts";`)[0] ?? "", /room "cloud" is not in/);
});

test("pure rooms have no Node, clock, chance, timers or async", () => {
  const impure = [
    `import { readFileSync } from "node:fs";`,
    "const a = Date.now();",
    "const a = new Date();",
    "const a = Math.random();",
    "setTimeout(run, 1);",
    "async function run() {}",
  ];
  for (const text of impure) assert.equal(problems("model/a.ts", text).length, 1, text);
  for (const text of impure) assert.equal(problems("cli/a.ts", text).length, 0, text);
  assert.deepEqual(problems("core/a.ts", "const at = new Date(now); // Date.now() would be wrong\nconst s = 'async';"), []);
});

test("the engine takes clock, scheduler and ids as arguments", () => {
  assert.deepEqual(problems("engine/worker.ts", "const now = Date.now();"), ["1: the engine takes its clock as an argument"]);
  assert.deepEqual(problems("engine/worker.ts", "this.scheduler.setTimeout(run, 5);"), []);
  assert.deepEqual(problems("engine/worker.ts", `import { realIds } from "../process/real-time.ts";`), [
    "1: the engine takes clock, scheduler and ids as arguments",
  ]);
  assert.deepEqual(problems("process/real-time.ts", "const now = Date.now();"), []);
});

test("house rules: no any, enum, export *, default export or environment", () => {
  for (const text of ["let a: any;", "f(a as any);", "let a: Map<string, number | any>;", "let a: any[];"]) {
    assert.deepEqual(problems("store/a.ts", text), ["1: no `any`: use `unknown` and a parser"], text);
  }
  assert.equal(problems("store/a.ts", "enum Colour { Red }").length, 1);
  assert.equal(problems("index.ts", `export * from "./model/ids.ts";`).length, 1);
  assert.equal(problems("store/a.ts", "export default 1;").length, 1);
  assert.equal(problems("engine/a.ts", "const port = process.env.PORT;").length, 1);
  assert.equal(problems("cli/a.ts", "const port = process.env.PORT;").length, 0);
  assert.deepEqual(problems("functions/a.ts", "const all = { any: ctx.any(tasks), x: y ? any(z) : w };"), []);
});

test("a file of more than 300 lines is refused, unless it is one table that is named with its reason", () => {
  assert.equal(problems("store/a.ts", "const a = 1;\n".repeat(300)).length, 0);
  assert.equal(problems("store/a.ts", "const a = 1;\n".repeat(301)).length, 1);
  assert.equal(problems("store/a.test.ts", "const a = 1;\n".repeat(301)).length, 0);
  for (const path of LONG_FILES.keys()) {
    assert.equal(isTestFile(path), false, `${path} may have any length`);
    assert.ok(linesOf(readFileSync(`${PACKAGE}/src/${path}`, "utf8")) > 300, `${path} is no longer long: take it off the list`);
  }
});

test("what stands in comments, strings, templates and regular expressions is not code", () => {
  const text = [
    "// enum A {}",
    "/* as any",
    "   enum B {} */",
    "const a = 'enum C {}' + \"as any\";",
    ["const b = `enum D {} $", "{nested(`as any $", "{c}`)} as any`;"].join(""),
    "const d = /enum E \\/ [/'\"`]/.test(x) ? 1 / 2 : 3 / 4; const quote = '\"';",
    "let bad: any;",
  ].join("\n");
  assert.deepEqual(problems("store/a.ts", text), ["7: no `any`: use `unknown` and a parser"]);
});

test("test files are exempt from all but the arrows", () => {
  assert.deepEqual(problems("core/a.test.ts", `import { x } from "../model/ids.ts"; const a = Date.now();`), []);
  assert.deepEqual(problems("http/testing/fixture.ts", `import { store } from "../../store/store.ts";`), []);
  assert.equal(problems("http/app.ts", `import { fixture } from "./testing/fixture.ts";`).length, 1);
  assert.equal(problems("testing/clock.ts", "let a: any;").length, 1);
  assert.equal(problems("testing/clock.ts", `import { startPostgres } from "./postgres/server.ts";`).length, 1);
});
