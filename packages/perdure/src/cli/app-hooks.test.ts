import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { appendFileSync } from "node:fs";
import { activity, onStart, onStop } from ${JSON.stringify(PERDURE)};
const say = (line) => appendFileSync(new URL("./trace.txt", import.meta.url), line + "\\n");
export const work = activity("Work", () => {});
export const open = onStart(({ runsWorker }) => say(runsWorker ? "worker starts" : "door starts"));
export const close = onStop(async ({ runsWorker }) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  say(runsWorker ? "worker stops" : "door stops");
});
`;

async function lifeOf(...more: readonly string[]): Promise<string[]> {
  using folder = new Folder();
  folder.write("index.ts", APP);
  await using host = new CliProcess(["start", ".", "--port", "0", ...more], folder.path);
  await host.printed(/started in \d+ ms/);
  host.signal("SIGTERM");
  assert.equal(await host.exited, 0, host.output);
  return readFileSync(`${folder.path}/trace.txt`, "utf8").trim().split("\n");
}

test("each process of an app runs its start and stop hooks once", async () => {
  assert.deepEqual(await lifeOf(), ["worker starts", "worker stops"]);
  assert.deepEqual(await lifeOf("--no-worker"), ["door starts", "door stops"]);
  assert.deepEqual((await lifeOf("--workers", "2")).sort(), [
    "door starts",
    "door stops",
    "worker starts",
    "worker starts",
    "worker stops",
    "worker stops",
  ]);
});

test("a start hook that throws ends the command with words and the line of the app", async () => {
  using folder = new Folder();
  folder.write(
    "index.ts",
    `import { onStart } from ${JSON.stringify(PERDURE)};\nexport const open = onStart(() => { throw new Error("no database"); });\n`,
  );
  await using host = new CliProcess(["start", ".", "--port", "0"], folder.path);
  assert.equal(await host.exited, 1);
  assert.match(
    host.output,
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
