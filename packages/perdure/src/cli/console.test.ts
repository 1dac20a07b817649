import assert from "node:assert/strict";
import { test } from "node:test";
import type { Counts, HubInfo } from "../console/wire.ts";
import { runCommand } from "./testing/run-command.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { http, orchestrator } from ${JSON.stringify(PERDURE)};
export const waits = orchestrator("Waits", (ctx) => ctx.waitForExternalEvent("Go"));
export const order = http("Order", () => new Response("ok"));
`;

test("a host with worker processes serves the console of all of them, to those with a key", { timeout: 120_000 }, async () => {
  using folder = new Folder();
  folder.write("app/index.ts", APP);
  const args = ["start", "app", "--port", "0", "--store", `file:${folder.path}/hub.db`, "--workers", "1"];
  await using cli = new CliProcess(args, folder.path, {
    PERDURE_KEY: "all",
    PERDURE_READ_KEY: "look",
    PERDURE_CONSOLE_PAYLOADS: "redact=password",
    PERDURE_METRICS: "false",
    PERDURE_METRICS_ADDRESS: "0",
  });
  const [, url = ""] = await cli.printed(/"msg":"Console: (http:\/\/localhost:\d+\/console\/)"/);
  await cli.printed(/started in \d+ ms/);
  const headers = { "content-type": "application/json", "x-perdure-console": "1" };
  const signIn = await fetch(`${url}api/v1/session`, { method: "POST", headers, body: JSON.stringify({ key: "look" }) });
  const [cookie = ""] = (signIn.headers.getSetCookie()[0] ?? "").split(";");
  const get = async <Answer>(path: string): Promise<Answer> =>
    JSON.parse(await (await fetch(`${url}api/v1/${path}`, { headers: { cookie } })).text());
  assert.equal((await fetch(`${url}api/v1/hub`)).status, 401);
  const { role, payloads, store, isDev, paths } = await get<HubInfo>("hub");
  assert.deepEqual([role, payloads, store.kind, isDev], ["read", "redact", "sqlite", false]);
  assert.deepEqual(paths, { functions: "/api", management: "/runtime/webhooks/durabletask", metrics: null });
  assert.equal((await get<Counts>("counts")).workers, 1);
  const start = { method: "POST", headers: { ...headers, cookie }, body: JSON.stringify({ name: "Waits" }) };
  assert.match(await (await fetch(`${url}api/v1/instances`, start)).text(), /CONSOLE_READ_ONLY/);
});

test("keys and ways to show payloads that cannot be are errors of the start", async () => {
  for (const [args, message] of [
    [["--read-key", "look"], /--read-key.*which must be given too/],
    [["--read-key", "all", "--key", "all"], /--read-key.*a key other than that of --key/],
    [["--console-payloads", "some"], /--console-payloads" is "some"; expected show, hide, or the fields to mask/],
    [["--console-payloads", "redact="], /expected show, hide, or the fields to mask/],
  ] as const) {
    const { code, err } = await runCommand(["start", ".", ...args]);
    assert.equal(code, 2);
    assert.match(err, message);
  }
});
