import assert from "node:assert/strict";
import { test } from "node:test";
import { lifeOf } from "./app-hooks.testsuite.ts";
import { runCommand } from "./testing/run-command.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

// Other kinds of hosts: app-hooks.full.test.ts.
test("each process of an app runs its start and stop hooks once", async () => {
  assert.deepEqual((await lifeOf("--workers", "1")).sort(), ["door starts", "door stops", "worker starts", "worker stops"]);
});

test("a start hook that throws ends the command with words and the line of the app", async () => {
  using folder = new Folder();
  folder.write(
    "index.ts",
    `import { onStart } from ${JSON.stringify(PERDURE)};\nexport const open = onStart(() => { throw new Error("no database"); });\n`,
  );
  const { code, err } = await runCommand(["start", ".", "--port", "0"], { cwd: folder.path });
  assert.equal(code, 1, err);
  assert.match(
    err,
    /perdure: A function given to onStart failed: no database\. .*\[START_HOOK_FAILED\]\n {2}Caused by: Error: no database\n.*index\.ts:2:/,
  );
});

test("SIGTERM while a start hook waits ends the host", async () => {
  using folder = new Folder();
  folder.write(
    "index.ts",
    `import { onStart } from ${JSON.stringify(PERDURE)};\nexport const open = onStart(() => { console.log("waiting"); return new Promise(() => {}); });\n`,
  );
  await using host = new CliProcess(["start", ".", "--port", "0"], folder.path);
  await host.printed(/waiting/);
  host.signal("SIGTERM");
  assert.equal(await host.exited, 143, host.output);
});
