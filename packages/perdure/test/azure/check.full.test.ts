import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import type { AzureFiles } from "./testing/azure-folder.ts";
import { azureFolder, exampleFolder } from "./testing/azure-folder.ts";
import { check, report } from "./testing/check.ts";
import { everyKind } from "./testing/every-kind.ts";
import { RELEASES } from "./testing/releases.ts";

for (const sdk of RELEASES) test(`${sdk}: every kind of function is listed`, () => everyKind(sdk));

const UNREADABLE: readonly (readonly [what: string, app: AzureFiles, said: RegExp])[] = [
  [
    "a missing %SETTING% of a binding",
    { files: { "src/a.js": `require("@azure/functions").app.http("Hello", { route: "%Part%/x", handler() {} });` } },
    /There is no setting "Part", which "route" of the binding "httpTrigger\w+" of the function "Hello" refers to as "%Part%"/,
  ],
  [
    "a file that throws",
    { files: { "src/a.js": `throw new Error("on purpose");` } },
    /a\.js" cannot be loaded: Error: on purpose\. .*APP_IMPORT_FAILED/,
  ],
  ["a main that finds nothing", { files: {} }, /package\.json" cannot be loaded: no file is found by "main": "src\/\*\.js"/],
  ["no main", { files: {}, manifest: { main: undefined } }, /it has no "main", which names the entry files/],
  [
    "a build that fails",
    {
      files: { "src/a.ts": "" },
      manifest: { main: "dist/*.js", scripts: { build: "node -e \"console.log('no such thing');process.exit(3)\"" } },
    },
    /has to be built \(there is no file by "main": "dist\/\*\.js"\), and "npm run build" ended with code 3\. It said.*no such thing.*APP_NOT_BUILT/s,
  ],
];

for (const [what, app, said] of UNREADABLE) {
  test(`${what} is told in words, and the exit code is 2`, async () => {
    using folder = azureFolder(app);
    const { code, output } = await check(folder.path);
    assert.match(output, said);
    assert.equal(code, 2);
  });
}

test("the example in JavaScript has no problems", async () => {
  const { code, functions, http, problems } = await report(join(ROOT, "examples/azure/javascript"));
  assert.deepEqual([problems, functions.orchestrator], [[], ["Chaining", "DurableFunction_Orchestrator"]]);
  assert.deepEqual(
    http.map(({ streamed }) => streamed),
    [false, false],
  );
  assert.equal(code, 0);
});

test("the example in TypeScript is built first, by its own script", async () => {
  using folder = exampleFolder("typescript");
  const { code, output } = await check(folder.path);
  assert.match(output, /^Building the app, since there is no file by "main": "dist\/functions\/\*\.js"\.$/m);
  assert.match(output, /^ {4}StartSumOfSquares: \[POST\] \/api\/sum-of-squares\/\{count:int\}, function$/m);
  assert.equal(code, 0);
});

test("a disabled function is left out, and what its bindings lack does not matter", async () => {
  using folder = azureFolder({
    files: {
      "src/a.js": `const { app } = require("@azure/functions"); app.timer("Tick", { schedule: "%No%", handler() {} }); app.get("On", () => {});`,
    },
    local: { Values: { "AzureWebJobs.tick.Disabled": "true" } },
  });
  const { code, notes, http, triggers } = await report(folder.path);
  assert.deepEqual([http.length, triggers.length], [1, 0]);
  assert.deepEqual(notes, ['The function "Tick" is disabled by the setting AzureWebJobs.Tick.Disabled.']);
  assert.equal(code, 0);
});

test("the example with HTTP streaming has no problems", async () => {
  const { code, output } = await check(join(ROOT, "examples/azure/http-streaming"));
  assert.match(output, /^An app for Azure Functions: \., 3 entry files$/m);
  assert.match(output, /^ {4}CountLines: \[GET\] \/api\/lines\/\{count\}, anonymous, streamed$/m);
  assert.match(output, /^ {4}HelloCities: orchestrator$/m);
  assert.match(output, /^No problems were found\.$/m);
  assert.equal(code, 0);
});
