import assert from "node:assert/strict";
import { test } from "node:test";
import { CliProcess } from "../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";
import { check } from "./testing/check.ts";

for (const [what, code, said] of [
  ["computes for ever", "for (;;);", /"event":"app\.loading-long"[^\n]*it computes at [^\n]*b\.mjs:1\)/],
  [
    "awaits what never comes",
    "await new Promise(() => {});",
    /"event":"app\.loading-long"[^\n]*its entry files await something at their top level/,
  ],
] as const) {
  test(`perdure start of an app whose entry file ${what} says so after ten seconds`, async () => {
    using folder = azureFolder({ files: { "src/b.mjs": code }, manifest: { main: "src/*.mjs" } });
    await using host = new CliProcess(["start", ".", "--port", "0", "--store", "memory:"], folder.path);
    await host.printed(said);
  });
}

for (const [what, code, note, error] of [
  [
    "computes for ever",
    "for (;;);",
    /^The app has not been loaded for 10 s: it computes at an anonymous function \(\S+b\.mjs:1\)\.$/m,
    /^perdure: The app file "\S+b\.mjs" cannot be loaded: it computes at an anonymous function \(\S+b\.mjs:1\), and has not ended in 1 min\. .*\[APP_IMPORT_FAILED\]$/m,
  ],
  [
    "awaits what never comes while something else runs",
    "setInterval(() => {}, 10); await new Promise(() => {});",
    /^The app has not been loaded for 10 s: "\S+b\.mjs" awaits something at its top level\.$/m,
    /^perdure: The app file "\S+b\.mjs" cannot be loaded: what it awaits at its top level has not come in 1 min\. .*\[APP_IMPORT_FAILED\]$/m,
  ],
] as const) {
  test(`perdure check of an app whose entry file ${what} says so after ten seconds, and ends after a minute`, async () => {
    using folder = azureFolder({ files: { "src/b.mjs": code }, manifest: { main: "src/*.mjs" } });
    const { code: exit, output } = await check(folder.path);
    assert.match(output, note);
    assert.match(output, error);
    assert.equal(exit, 2);
  });
}

const ENDS = `
const { app } = require("@azure/functions");
app.hook.appTerminate(() => { throw new Error("no farewell"); });
app.get("One", () => ({}));
`;

test("a hook appTerminate that throws is logged, and keeps no host from ending", async () => {
  using folder = azureFolder({ files: { "src/a.js": ENDS } });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"]);
  assert.equal(await host.stopped(), 0);
  assert.match(host.output, /"event":"hook\.stop-failed"[^\n]*no farewell/);
});

test("an app whose entry file awaits what never comes is refused in words", async () => {
  using never = azureFolder({ files: { "src/b.mjs": "await new Promise(() => {});" }, manifest: { main: "src/*.mjs" } });
  const waits = await check(never.path);
  assert.equal(waits.code, 2);
  assert.match(
    waits.output,
    /perdure: The app file "\S+b\.mjs" cannot be loaded: it awaits at its top level what never comes\. Nothing was started\. \[APP_IMPORT_FAILED\]/,
  );
  assert.doesNotMatch(waits.output, /unsettled|main\.[jt]s/); // Node's own words
});
