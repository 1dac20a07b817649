import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { runCommand } from "../../packages/perdure/src/cli/testing/run-command.ts";
import { Folder } from "../lib/folder.ts";
import type { StartBody } from "../lib/test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "../lib/test-host.ts";
import * as app from "./index.ts";

interface Event {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly FunctionName?: string;
  readonly Input?: string;
  readonly Result?: unknown;
}

const MANAGEMENT = "/runtime/webhooks/durabletask";

test("every event with its time, inputs and results on request: over HTTP, by the command line and in an export", async () => {
  using folder = new Folder();
  const path = folder.file("hub.db");
  await using host = await startTestHost(app, { path });
  const claim = { customer: "Ada", cents: 4_200 };
  assert.equal((await postJson(`${host.url}/api/claims/7`, claim)).status, 202);
  assert.equal((await bodyOf<StartBody>(await postJson(`${host.url}/api/claims/7`, { ...claim, cents: 1 }))).id, "claim-7");
  const instance = `${host.url}${MANAGEMENT}/instances/claim-7`;
  const decision = { by: "Grace", approved: true };
  assert.equal((await postJson(`${instance}/raiseEvent/Decision`, decision)).status, 202);
  assert.equal((await untilEnded(instance)).output, "4200 cents to Ada");

  const read = async (query: string) =>
    (await bodyOf<{ readonly historyEvents: readonly Event[] }>(await fetch(`${instance}?${query}`))).historyEvents;
  const whole = await read("showHistory=true&showHistoryOutput=true");
  const happened = whole.map(({ EventType, FunctionName }) => [EventType, FunctionName].filter((part) => part !== undefined).join(" "));
  assert.deepEqual(
    happened.filter((one) => !/^Timer/.test(one)),
    ["ExecutionStarted SettleClaim", "TaskCompleted CheckPolicy", "EventRaised", "TaskCompleted PayOut", "ExecutionCompleted"],
  );
  const times = whole.map(({ Timestamp }) => Date.parse(Timestamp));
  assert.ok(times.every((time, n) => Number.isFinite(time) && time >= (times[n - 1] ?? 0)));
  assert.deepEqual(JSON.parse(whole[0]?.Input ?? ""), claim);
  assert.deepEqual(whole.find(({ FunctionName }) => FunctionName === "CheckPolicy")?.Result, { customer: "Ada", covered: true });
  assert.ok((await read("showHistory=true&showInput=false")).every(({ Input, Result }) => Input === undefined && Result === undefined));

  const run = (...args: readonly string[]) => runCommand(args, { cwd: folder.path });
  const shown = await run("history", "claim-7", "--url", host.url);
  assert.match(shown.out, /^\d+ +\d+ +20\S+Z +EventRaised +Decision +.*Grace/m);
  const rows: readonly object[] = JSON.parse((await run("history", "claim-7", "--url", host.url, "--json")).out);
  const { Position, Episode, EventId, ...first } = rows[0] as Record<string, unknown>;
  assert.deepEqual([Position, Episode, EventId, first, rows.length], [2, 1, null, { ...whole[0] }, whole.length]);
  assert.equal((await run("export", "claims.jsonl", "--store", path, "--prefix", "claim-")).code, 0);
  const [exported] = readFileSync(folder.file("claims.jsonl"), "utf8").split("\n");
  const kinds = (JSON.parse(exported ?? "").history as readonly { readonly kind: string; readonly ts: number }[]).map(({ kind }) => kind);
  const steps = ["OrchestratorStarted", "ExecutionStarted", "TaskScheduled", "TaskCompleted", "EventRaised", "ExecutionCompleted"];
  assert.deepEqual(
    steps.filter((step) => !kinds.includes(step)),
    [],
  );
});

test("what ends a history leaves one line with ids: continue-as-new, a replacement, a purge", async () => {
  const lines: LogEntry[] = [];
  const log = { enabled: (level: string) => level !== "debug", write: (entry: LogEntry) => void lines.push(entry) };
  await using host = await startTestHost(app, { log: { engine: "info", to: log } });
  const { client } = host.hub;
  const said = (event: string, instanceId: string) => lines.filter((line) => line.event === event && line.fields.instanceId === instanceId);
  const audit = await client.startNew(app.review, { instanceId: "review", input: 2026 });
  await audit.raiseEvent("Finding", "open");
  await audit.raiseEvent("Finding", "closed");
  assert.equal(await audit.result({ timeout: "20s" }), 2027);
  assert.equal(said("execution.continued-as-new", "review").length, 1);

  const first = { customer: "Ada", cents: 1 };
  await client.startNew(app.settleClaim, { instanceId: "claim-8", input: first });
  await client.waitForStart("claim-8");
  const second = await client.startNew(app.settleClaim, { instanceId: "claim-8", input: { ...first, cents: 2 }, onExisting: "replace" });
  await second.raiseEvent("Decision", { by: "Grace", approved: false });
  assert.equal(await second.result({ timeout: "20s" }), "refused by Grace");
  assert.equal(said("execution.terminated", "claim-8").length, 1);

  assert.equal((await fetch(`${host.url}${MANAGEMENT}/instances/claim-8`, { method: "DELETE" })).status, 200);
  assert.equal(said("instance.purged", "claim-8").length, 1);
  assert.equal((await fetch(`${host.url}${MANAGEMENT}/instances/claim-8`)).status, 404);
  assert.equal((await fetch(`${host.url}${MANAGEMENT}/instances?createdTimeFrom=2020-01-01`, { method: "DELETE" })).status, 200);
  const purged = lines.filter((line) => line.event === "instances.purged");
  assert.deepEqual(
    purged.map(({ fields }) => fields.deleted),
    [1],
  );
});
