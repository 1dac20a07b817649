import assert from "node:assert/strict";
import { test } from "node:test";
import { azureFolder } from "./testing/azure-folder.ts";
import { check } from "./testing/check.ts";

const HOOK = `
const { app } = require("@azure/functions");
app.hook.appStart(() => { throw new Error("no database"); });
app.get("One", () => ({}));
`;

// One whose entry file awaits what never comes: slow-loads.full.test.ts.
test("an app whose start fails is refused in words", async () => {
  using hook = azureFolder({ files: { "src/a.js": HOOK } });
  const failed = await check(hook.path);
  assert.equal(failed.code, 2);
  assert.match(
    failed.output,
    /perdure: A function given to app\.hook\.appStart failed: no database\. .*\[START_HOOK_FAILED\]\n {2}Caused by: Error: no database\n.*a\.js:3:/,
  );
  assert.doesNotMatch(failed.output, /load-azure-app/);
});
