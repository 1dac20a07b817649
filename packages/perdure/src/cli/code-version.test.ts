import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { activity } from "../functions/activity.ts";
import { codeVersionOf } from "../functions/code-version.ts";
import { entity } from "../functions/entity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { codeVersion } from "./code-version.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-code-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const ship = activity("ship", () => "shipped");
const flow = orchestrator("flow", (ctx) => ctx.callActivity(ship));

test("the version of an app follows its sources and its lockfile, not its data or what it depends on", () => {
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const seen = (app = folder) => codeVersion({}, app, folder, [ship, flow]);
  write("index.ts", "export * from './lib/ship.ts';");
  write("lib/ship.ts", "1");
  const first = seen();
  assert.equal(seen(), first);
  assert.equal(seen(join(folder, "index.ts")), first, "a file stands for its folder");
  write("state.json", "{}");
  write("perdure.db", "");
  write("node_modules/other/index.js", "1");
  write(".cache/x.js", "1");
  assert.equal(seen(), first);
  write("lib/ship.ts", "2");
  const second = seen();
  assert.notEqual(second, first);
  write("package-lock.json", "{}");
  assert.notEqual(seen(), second);
  assert.equal(codeVersion({ "code-version": "v7" }, folder, folder, []), "v7");
  assert.match(codeVersion({}, join(folder, "nowhere", "at", "all"), folder, []), /^[0-9a-f]{16}$/);
});

test("the version of a hub's functions follows their names, kinds and source text, in whatever order they come", () => {
  const version = (...functions: ConstructorParameters<typeof FunctionRegistry>[0] & object) =>
    codeVersionOf(new FunctionRegistry(functions));
  assert.equal(version(ship, flow), version(flow, ship));
  assert.notEqual(version(ship, flow), version(flow));
  assert.notEqual(
    version(
      activity("ship", () => "sent"),
      flow,
    ),
    version(ship, flow),
  );
});

test("an operation of an entity, its initial state, and an inherited method count as source text", () => {
  const version = (one: RegisteredFunction) => codeVersionOf(new FunctionRegistry([one]));
  const map = (start: () => number, add: (ctx: { state: number }) => number) =>
    version(entity("E", { initialState: start, operations: { add } }));
  const same = map(
    () => 0,
    (ctx) => ctx.state + 1,
  );
  assert.equal(
    map(
      () => 0,
      (ctx) => ctx.state + 1,
    ),
    same,
  );
  const other = [
    map(
      () => 1,
      (ctx) => ctx.state + 1,
    ),
    map(
      () => 0,
      (ctx) => ctx.state + 2,
    ),
  ];
  assert.equal(new Set([same, ...other]).size, 3);
  const inheriting = (Base: new () => object) => version(entity("E", class extends Base {}));
  const one = class {
    get(): number {
      return 1;
    }
  };
  const two = class {
    get(): number {
      return 2;
    }
  };
  assert.notEqual(inheriting(one), inheriting(two));
});

test("a version is a string that says something", async () => {
  for (const given of ["", 7, "a\u0000b"]) await assert.rejects(TaskHub.open("memory:", { codeVersion: given as string }), /codeVersion/);
});
