import assert from "node:assert/strict";
import { test } from "node:test";
import { loadApp } from "../app-threads/load-app.ts";
import { Folder } from "./testing/spawn-cli.ts";

const load = async (folder: Folder) => loadApp(".", [`${folder.path}/index.ts`], folder.path);

for (const [what, imported, onDisk, advice] of [
  [
    "a .js import of a .ts source",
    "./orders.js",
    "orders.ts",
    /There is "orders\.ts": .* Write "orders\.ts" in place of "orders\.js" .*the path of its output, such as \.\/dist/,
  ],
  ["a .mjs import of a .mts source", "./orders.mjs", "orders.mts", /Write "orders\.mts" in place of "orders\.mjs"/],
  ["a .cjs import of a .cts source", "./lib/orders.cjs", "lib/orders.cts", /Write "orders\.cts"/],
  ["a .js import of a .tsx source", "./view.js", "view.tsx", /There is "view\.tsx"/],
  ["an import without an ending", "./orders", "orders.ts", /Write "orders\.ts" in place of "orders"/],
  ["an import of a folder", "./orders", "orders/index.ts", /Write "orders\/index\.ts" in place of "orders"/],
] as const) {
  test(`${what} is told with what to write`, async () => {
    using folder = new Folder();
    folder.write("index.ts", `import ${JSON.stringify(imported)};`);
    folder.write(onDisk, "export {};");
    await assert.rejects(load(folder), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, "APP_IMPORT_FAILED");
      assert.match(error.message, advice);
      return true;
    });
  });
}

for (const [what, source, text] of [
  ["a module that is nowhere", 'import "./nowhere.js";', /nowhere\.js' imported from .*\. Nothing was started\.$/],
  ["a package that is not installed", 'import "no-such-package-of-anybody";', /Cannot find package .* Nothing was started\.$/],
  ["a module that throws", 'throw new Error("on purpose.");', /cannot be loaded: Error: on purpose\. Nothing was started\.$/],
] as const) {
  test(`${what} is told without advice that would mislead`, async () => {
    using folder = new Folder();
    folder.write("index.ts", source);
    await assert.rejects(load(folder), text);
  });
}

for (const [what, source, type, advice] of [
  [
    "an import in a CommonJS package, as npm init makes it",
    'import fs from "node:fs"; export { fs };',
    "commonjs",
    /npm init .*"type": "module".*\.mts/,
  ],
  ["an export in a CommonJS package", "export const answer = 42;", "commonjs", /read as CommonJS/],
  ["an enum", "export enum Colour { red }", "module", /an object in place of an enum.*the path of its output, such as \.\/dist/],
  ["a parameter property", "export class A { constructor(readonly b: number) {} }", "module", /fields in place of parameter properties/],
] as const) {
  test(`${what} is told with what to do`, async () => {
    using folder = new Folder();
    folder.write("package.json", JSON.stringify({ type }));
    folder.write("index.ts", source);
    await assert.rejects(load(folder), { code: "APP_IMPORT_FAILED", message: advice });
  });
}

test("a file with JSX is told with what to do", async () => {
  using folder = new Folder();
  const file = folder.write("index.tsx", "export {};");
  await assert.rejects(loadApp(".", [file], folder.path), { code: "APP_IMPORT_FAILED", message: /does not compile JSX/ });
});
