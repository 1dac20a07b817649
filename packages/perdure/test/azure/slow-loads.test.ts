import assert from "node:assert/strict";
import { test } from "node:test";
import { azureFolder } from "./testing/azure-folder.ts";
import { check } from "./testing/check.ts";

const HOOK = `
const { app } = require("@azure/functions");
app.hook.appStart(() => { throw new Error("no database"); });
app.get("One", () => ({}));
`;

test("an app whose start fails, or whose entry file awaits what never comes, is refused in words", async () => {
  using hook = azureFolder({ files: { "src/a.js": HOOK } });
  const failed = await check(hook.path);
  assert.equal(failed.code, 2);
  assert.match(
    failed.output,
    /perdure: A function given to app\.hook\.appStart failed: no database\. .*\[START_HOOK_FAILED\]\n {2}Caused by: Error: no database\n.*a\.js:3:/,
  );
  assert.doesNotMatch(failed.output, /load-azure-app/);
  using never = azureFolder({ files: { "src/b.mjs": "await new Promise(() => {});" }, manifest: { main: "src/*.mjs" } });
  const waits = await check(never.path);
  assert.equal(waits.code, 2);
  assert.match(
    waits.output,
    /perdure: The app file "\S+b\.mjs" cannot be loaded: it awaits at its top level what never comes\. Nothing was started\. \[APP_IMPORT_FAILED\]/,
  );
});
