import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { test } from "node:test";
import { Compiler } from "../../src/azure/guest/typescript/compiler.ts";
import { sourceLine } from "../../src/azure/guest/typescript/source-line.ts";
import { SourcePaths } from "../../src/azure/guest/typescript/source-paths.ts";
import { readTsConfig } from "../../src/azure/guest/typescript/ts-config.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";

function folderWith(files: { readonly [path: string]: string }): Folder {
  const folder = new Folder();
  for (const [path, text] of Object.entries(files)) folder.write(path, text);
  return folder;
}

const PATHS = JSON.stringify({
  compilerOptions: {
    paths: { "@shop/*": ["./shop/*", "./old/*"], "@shop/exact": ["./shop/other"], "@shop/deep/*": ["./deep/*"], "*.view": ["./views/*"] },
  },
});

for (const [imported, found] of [
  ["./orders", "src/orders.ts"],
  ["./orders.js", "src/orders.ts"],
  ["./lib", "src/lib/index.ts"],
  ["./lib/index.js", "src/lib/index.ts"],
  ["./esm.mjs", "src/esm.mts"],
  ["./common.cjs", "src/common.cts"],
  ["./plain.js", "src/plain.js"],
  ["./plain", "src/plain.js"],
  ["./data.json", "src/data.json"],
  ["..", "index.ts"],
  ["./nowhere", null],
  ["@shop/prices", "shop/prices.ts"],
  ["@shop/prices.js", "shop/prices.ts"],
  ["@shop/rates", "old/rates.ts"],
  ["@shop/exact", "shop/other.ts"],
  ["@shop/deep/a", "deep/a.ts"],
  ["list.view", "views/list.ts"],
  ["durable-functions", null],
  ["node:fs", null],
] as const) {
  test(`an import of "${imported}" by a source leads to ${found ?? "what Node finds"}`, () => {
    const files = ["orders.ts", "orders.js", "lib/index.ts", "esm.mts", "common.cts", "plain.js", "data.json"].map((name) => `src/${name}`);
    const others = [
      "index.ts",
      "shop/prices.ts",
      "shop/other.ts",
      "shop/exact.ts",
      "shop/deep/a.ts",
      "deep/a.ts",
      "old/rates.ts",
      "views/list.ts",
    ];
    using folder = folderWith({ ...Object.fromEntries([...files, ...others].map((path) => [path, ""])), "tsconfig.json": PATHS });
    const path = new SourcePaths(readTsConfig(folder.path)).find(imported, join(folder.path, "src/a.ts"));
    assert.equal(path === null ? null : relative(folder.path, path), found);
  });
}

test("settings of tsconfig.json are those that it extends, and its own; paths count from the file that has them, or from baseUrl", () => {
  using folder = folderWith({
    "tsconfig.json": '{ "extends": ["./shared/one", "base-of-all"], // both\n "compilerOptions": { "target": "es2022", }, }',
    "shared/one.json": '{ "extends": "./two.json", "compilerOptions": { "paths": { "#a": ["./a"] } } }',
    "shared/two.json": '{ "compilerOptions": { "experimentalDecorators": true, "target": "es6" } }',
    "node_modules/base-of-all/tsconfig.json": '{ "compilerOptions": { "strict": true } }',
    "based/tsconfig.json": `{ "compilerOptions": { "baseUrl": "./src", "paths": { "#a": ["a"], "#b": ["\${configDir}/b"] } } }`,
  });
  const { compilerOptions, paths } = readTsConfig(folder.path);
  const { target, strict, experimentalDecorators } = compilerOptions;
  assert.deepEqual([target, strict, experimentalDecorators], ["es2022", true, true]);
  assert.deepEqual(paths, [{ before: "#a", after: null, targets: [join(folder.path, "shared/a")] }]);
  const based = readTsConfig(join(folder.path, "based"));
  assert.equal(based.baseUrl, join(folder.path, "based/src"));
  assert.deepEqual(
    based.paths.flatMap(({ targets }) => targets),
    [join(folder.path, "based/src/a"), join(folder.path, "based/b")],
  );
  assert.deepEqual(readTsConfig(join(folder.path, "shared")).paths, []);
});

for (const [what, config, text] of [
  ["is not JSON", "{ nothing", /settings file ".*tsconfig\.json" cannot be used: it is not valid JSON/],
  [
    "extends what is not there",
    '{ "extends": "./base" }',
    /tsconfig\.json" cannot be used: it extends "\.\/base", and there is no such file/,
  ],
  ["extends a package that is not there", '{ "extends": "@tsconfig/none" }', /it extends "@tsconfig\/none", and there is no such package/],
  ["extends itself", '{ "extends": "./tsconfig.json" }', /tsconfig\.json extends itself/],
] as const) {
  test(`a tsconfig.json that ${what} is named`, () => {
    using folder = folderWith({ "tsconfig.json": config });
    assert.throws(() => readTsConfig(folder.path), { code: "SETTINGS_UNREADABLE", message: text });
  });
}

test("what cannot be compiled is named with its line; old decorators are compiled where tsconfig.json says so", async () => {
  using folder = folderWith({});
  const compiler = Compiler.of(folder.path, { compilerOptions: { experimentalDecorators: true } });
  assert.ok(compiler !== null);
  const path = join(folder.path, "a.ts");
  assert.throws(() => compiler.compile({ path, text: "\nconst a: = 1;", format: "module" }), {
    name: "SyntaxError",
    message: /^Unexpected "=" \(.*a\.ts:2:10\)$/,
  });
  const decorated = "const seen = (_: object, name: string) => void name;\nexport class A {\n  @seen b = 1;\n}\n";
  assert.match(compiler.compile({ path, text: decorated, format: "commonjs" }), /__decorateClass/);
  compiler.stop();
});

test("a line of what a source was compiled to leads to that of the source; lines of other files are as they are", async () => {
  const text =
    "interface Long {\n  readonly a: string;\n}\n\nenum E {\n  One,\n}\n\nexport function loop(b: Long) {\n  for (;;) E[b.a.length]?.length;\n}\n";
  using folder = folderWith({ "loop.ts": text, "plain.js": "" });
  const path = join(folder.path, "loop.ts");
  const compiler = Compiler.of(folder.path, { compilerOptions: {} });
  const compiled = compiler?.compile({ path, text, format: "commonjs" }).split("\n") ?? [];
  compiler?.stop();
  assert.equal(await sourceLine(folder.path, path, compiled.findIndex((line) => line.includes("for (; ; )")) + 1), 10);
  assert.equal(await sourceLine(folder.path, join(folder.path, "plain.js"), 7), 7);
});
