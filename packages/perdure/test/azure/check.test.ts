import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { runCommand } from "../../src/cli/testing/run-command.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { check, report } from "./testing/check.ts";
import { everyKind } from "./testing/every-kind.ts";

// Of an app that is not loaded the command says so in this process: it starts no other. More of both: check.full.test.ts.
test("every kind of function is listed by its name, with its route and its problems", () => everyKind("durable-functions"));

test("modules import the core by name, and nested copies of the library share it", async () => {
  using folder = azureFolder({
    files: {
      "src/a.mjs": `import { registerFunction, version, Disposable } from "@azure/functions-core";
        import { app } from "@azure/functions"; import { app as inner } from "nested";
        if (typeof Disposable !== "function" || version === undefined) throw new Error("no core");
        app.get("Outer", () => {}); inner.get("Inner", () => {});
        registerFunction({ name: "Raw", bindings: { req: { type: "httpTrigger", direction: "in" } } }, () => {});
        console.log("{ noise");`,
      "node_modules/nested/package.json": JSON.stringify({ name: "nested", main: "index.js" }),
      "node_modules/nested/index.js": COPY,
    },
    manifest: { main: "src/*.mjs" },
  });
  const { http, code } = await report(folder.path); // one line of JSON, whatever the app prints
  assert.deepEqual(http.map(({ name }) => name).sort(), ["Inner", "Outer", "Raw"]);
  assert.equal(code, 0);
});

/** The library once more, under another path: with classes and a state of its own. */
const COPY = `
const path = require.resolve("@azure/functions");
const copy = { exports: {} };
new Function("module", "exports", "require", require("node:fs").readFileSync(path, "utf8"))(copy, copy.exports, require("node:module").createRequire(path));
exports.app = copy.exports.app;
`;

test("settings that cannot be read are told in words, and the exit code is 2", async () => {
  using folder = azureFolder({ files: { "src/a.js": "" }, local: { IsEncrypted: true } });
  const { code, err } = await runCommand(["check"], { cwd: folder.path });
  assert.match(err, /it is encrypted.*\[SETTINGS_UNREADABLE\]/);
  assert.equal(code, 2);
});

test("a native app is listed in the same form", async () => {
  const { code, output } = await check(join(ROOT, "examples/shipping-approval"));
  assert.match(output, /^A native app: \., 1 entry file$/m);
  assert.match(output, /^ {4}DurableFunction_HttpStart: \[GET,POST\] \/api\/DurableFunction_HttpStart, function$/m);
  assert.equal(code, 0);
});

test("a folder without an app is told so", async () => {
  using folder = new Folder();
  const { code, err } = await runCommand(["check"], { cwd: folder.path });
  assert.match(err, /\[APP_EMPTY\]/);
  assert.equal(code, 2);
});
