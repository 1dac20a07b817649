import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PROGRAM_OPTIONS } from "../process/testing/programs.ts";
import { CliProcess, Folder, MAIN, ownEnv, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const say = activity("Say", (text: string, ctx) => { console.log(text); ctx.log.info(text); return text; });
export const talk = orchestrator("Talk", async (ctx, text: string) => await ctx.callActivity(say, text));
`;
const MANAGEMENT = "/runtime/webhooks/durabletask";

/** Runs one instance to its end, which writes a dozen lines. */
async function talk(url: string): Promise<void> {
  const response = await fetch(`${url}${MANAGEMENT}/orchestrators/Talk`, { method: "POST", body: '"hello"' });
  const { statusQueryGetUri } = (await response.json()) as { readonly statusQueryGetUri: string };
  for (;;) {
    const status = await fetch(statusQueryGetUri);
    if (status.status === 200) {
      assert.equal(((await status.json()) as { readonly output: unknown }).output, "hello");
      return;
    }
    await sleep(20);
  }
}

test("a host whose output is not read any more continues, and drains", async () => {
  using folder = new Folder();
  folder.write("index.ts", APP);
  await using host = new CliProcess(["start", ".", "--port", "0", "--log-level", "debug"], folder.path);
  const [, url = ""] = await host.printed(/Management API: (http:\/\/localhost:\d+)\/runtime/);
  host.stopReading();
  for (let i = 0; i < 3; i++) await talk(url);
  host.signal("SIGTERM");
  assert.equal(await host.exited, 0);
});

const noFullDevice = !existsSync("/dev/full") && "this system has no /dev/full";
test("a host whose log stands on a full disk works on, and drains", { skip: noFullDevice, timeout: 60_000 }, async () => {
  using folder = new Folder();
  folder.write("index.ts", APP);
  const full = openSync("/dev/full", "w");
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn(process.execPath, [...PROGRAM_OPTIONS, MAIN, "start", ".", "--port", String(port)], {
    cwd: folder.path,
    env: ownEnv(),
    stdio: ["ignore", full, full],
  });
  closeSync(full);
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  try {
    const url = `http://localhost:${port}`;
    while (
      child.exitCode === null &&
      !(await fetch(`${url}/healthz`).then(
        (response) => response.ok,
        () => false,
      ))
    )
      await sleep(50);
    for (let i = 0; i < 3; i++) await talk(url);
    child.kill("SIGTERM");
    assert.equal(await Promise.race([exited, sleep(20_000, "it hangs", { ref: false })]), 0);
  } finally {
    child.kill("SIGKILL");
  }
});
