import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { until } from "../../process/testing/until.ts";
import { AtTerminal } from "../testing/at-terminal.ts";
import { Folder, PERDURE } from "../testing/spawn-cli.ts";

const app = (waits: string) => `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
import { setTimeout as pause } from "node:timers/promises";
import { writeFileSync } from "node:fs";
export const slow = activity("slow", async (name) => { writeFileSync("began", ""); await pause(3_000); return name; });
export const flow = orchestrator("flow", async (ctx, name) => {
  await ctx.${waits};
  return await ctx.callActivity(slow, name);
});
`;
const WAITS = 'waitForExternalEvent("go")';
const JSON_TYPE = { "Content-Type": "application/json" };
const PATIENCE_MS = 60_000;
const skip = spawnSync("script", ["--version"]).error === undefined ? false : "there is no command `script`, which makes a terminal";

/** `perdure dev` of the app at a terminal. */
function open(folder: Folder, ...args: readonly string[]): AtTerminal {
  folder.write("app.mjs", app(WAITS));
  return AtTerminal.perdure(["dev", ".", "--port", "0", "--store", "file:hub.db", ...args], folder.path);
}

/** What a test does with it, once it is up. */
async function sitting(dev: AtTerminal) {
  const [, url = ""] = await dev.shows(/Management API: (\S+)/);
  await dev.shows(/Keys: k kills/);
  const start = async (id: string) => {
    const answer = await fetch(`${url}/orchestrators/flow/${id}`, { method: "POST", body: `"${id}"` });
    assert.equal(answer.status, 202, await answer.text());
  };
  const event = async (id: string) => {
    const answer = await fetch(`${url}/instances/${id}/raiseEvent/go`, { method: "POST", headers: JSON_TYPE, body: "1" });
    assert.equal(answer.status, 202, await answer.text());
  };
  const status = async (id: string) =>
    (await (await fetch(`${url}/instances/${id}`)).json()) as { readonly runtimeStatus: string; readonly output: unknown };
  const is = (id: string, wanted: string) =>
    until(`${id} is ${wanted}`, async () => (await status(id)).runtimeStatus === wanted, PATIENCE_MS);
  return { start, event, status, is };
}

/** In the middle of its activity what runs the app is killed, and it completes all the same. */
async function killedInTheMiddle(
  folder: Folder,
  dev: AtTerminal,
  { event, status, is }: Awaited<ReturnType<typeof sitting>>,
  what: "thread" | "process",
) {
  await event("a");
  await until("the activity has begun", () => existsSync(`${folder.path}/began`), PATIENCE_MS);
  dev.press("k");
  await dev.shows(new RegExp(`Killed the ${what} that runs the app, in the middle of 1 call\\.`));
  await dev.shows(new RegExp(`Another ${what} took over after \\d+ ms\\. Nothing is lost`));
  await is("a", "Completed");
  assert.equal((await status("a")).output, "a");
}

test("k kills the process that runs the app, where it has one of its own, and it continues", { skip }, async () => {
  using folder = new Folder();
  await using dev = open(folder, "--isolation", "process");
  const it = await sitting(dev);
  await it.start("a");
  await killedInTheMiddle(folder, dev, it, "process");
  dev.press("q");
  assert.equal(await dev.ended, 0);
});

test("at a terminal: k kills what runs the app and it continues; r, t and u decide about what does not fit; q quits", {
  skip,
}, async () => {
  using folder = new Folder();
  await using dev = open(folder);
  const it = await sitting(dev);
  const { start, is } = it;
  for (const id of ["a", "b", "c"]) await start(id);

  await killedInTheMiddle(folder, dev, it, "thread");

  folder.write("app.mjs", app('createTimer("1h")'));
  await dev.shows(/These 2 instances do not fit the new code: u leaves them stopped/);
  dev.press("u");
  await dev.shows(/Left as they are: they continue by themselves/);
  folder.write("app.mjs", `${app('createTimer("1h")')}// once more\n`);
  await dev.shows(/Left[\s\S]*These 2 instances do not fit/);
  dev.press("r");
  await dev.shows(/2 instances restarted, under the same ids and with the same inputs\./);
  dev.press("r");
  await dev.shows(/Loaded again in \d+ ms\./);
  await dev.shows(/Checked with the new code in \d+ ms: 2 open instances: all fit/);

  folder.write("app.mjs", app(WAITS));
  await dev.shows(/restarted[\s\S]*These 2 instances do not fit/);
  dev.press("t");
  await dev.shows(/2 instances terminated\./);
  await is("b", "Terminated");
  await is("c", "Terminated");
  dev.press("q");
  assert.equal(await dev.ended, 0);
});
