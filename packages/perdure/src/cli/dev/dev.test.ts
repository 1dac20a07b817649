import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../process/testing/until.ts";
import { runCommand } from "../testing/run-command.ts";
import { CliProcess, Folder, PERDURE } from "../testing/spawn-cli.ts";

const app = (say: string, waits: string, more = "") => `
import { activity, http, orchestrator } from ${JSON.stringify(PERDURE)};
export const says = activity("says", () => "${say}");
export const flow = orchestrator("flow", async (ctx) => {
  const before = await ctx.callActivity(says);
  await ctx.${waits};
  return [before, await ctx.callActivity(says)];
});
let runs = 0;
export const wild = orchestrator("wild", async (ctx) => {
  runs += 1;
  return runs % 2 === 1 ? await ctx.callActivity(says) : await ctx.createTimer("1ms");
});
export const told = http("told", { authLevel: "anonymous" }, () => new Response("${say}"));
${more}
`;
const JSON_TYPE = { "Content-Type": "application/json" };
const WAITS = 'waitForExternalEvent("go")';

test("perdure dev: code is loaded again when it changes, and what does not fit, does not load or is not deterministic is named", async () => {
  using folder = new Folder();
  const file = folder.write("app.mjs", app("v1", WAITS));
  await using dev = new CliProcess(["dev", ".", "--port", "0", "--store", "file:hub.db"], folder.path);
  const [, url = ""] = await dev.printed(/"event":"host\.started".*?"url":"([^"]+)"/);
  const management = `${url}/runtime/webhooks/durabletask`;
  const started = async (name: string): Promise<string> => {
    const response = await fetch(`${management}/orchestrators/${name}`, { method: "POST" });
    assert.equal(response.status, 202, await response.clone().text());
    return ((await response.json()) as { readonly id: string }).id;
  };
  const told = async () => (await fetch(`${url}/api/told`)).text();
  const output = async (id: string) => {
    const response = await fetch(`${management}/instances/${id}`);
    return response.status === 200 ? ((await response.json()) as { readonly output: unknown }).output : null;
  };

  const waiting = await started("flow");
  await started("wild");
  await dev.printed(
    /"event":"dev\.not-deterministic"[^\n]*"name":"wild"[^\n]*recorded activity \\"says\\" as action 0, asked for timer as action 0 at [^ ]*app\.mjs:12\./,
  );

  folder.write("app.mjs", app("v2", 'createTimer("1h")', 'export const more = orchestrator("more", async () => "more");'));
  await dev.printed(/"event":"dev\.loaded"[^\n]*Loaded again in \d+ ms: app\.mjs\. New: orchestrator \\"more\\"\./);
  assert.equal(await told(), "v2");
  assert.equal(await until("the end of the new one", async () => output(await started("more")), 20_000), "more");
  const misfit = await dev.printed(/"event":"dev\.does-not-fit"[^\n]*/);
  assert.match(misfit[0], new RegExp(`"instanceId":"${waiting}","name":"flow".*"file":"${file}","line":6`));

  folder.write("app.mjs", `${app("v3", WAITS)}\nconst y = ;\n`);
  await dev.printed(
    /"event":"dev\.not-loaded","file":"[^"]*app\.mjs","line":17[^\n]*cannot be loaded at app\.mjs:17, and the code before this change runs on/,
  );
  assert.equal(await told(), "v2");

  folder.write("app.mjs", app("v4", WAITS, 'export const here = http("here", { authLevel: "anonymous" }, () => new Response("here"));'));
  await dev.printed(/New: HTTP function \\"here\\"\. Gone: orchestrator \\"more\\"\./);
  await dev.printed(/"event":"dev\.checked"[^\n]*1 open instance: all fit/);
  assert.equal(await (await fetch(`${url}/api/here`)).text(), "here");
  assert.equal(
    (await fetch(`${management}/instances/${waiting}/raiseEvent/go`, { method: "POST", headers: JSON_TYPE, body: "" })).status,
    202,
  );
  assert.deepEqual(await until("the end", () => output(waiting), 20_000), ["v1", "v4"]);
  dev.signal("SIGTERM");
  assert.equal(await dev.exited, 0);
});

test("perdure dev runs one worker, on threads", async () => {
  for (const [option, why] of [
    ["--workers=2", /perdure dev has no option "--workers"/],
    ["--app-threads=0", /a whole number from 1 to 64/],
  ] as const) {
    const { code, err } = await runCommand(["dev", ".", option]);
    assert.equal(code, 2);
    assert.match(err, why);
  }
});
