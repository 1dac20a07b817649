import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../process/testing/until.ts";
import { otlpReceiver, treeOf } from "../telemetry/testing/otlp-receiver.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const add = activity("Add", (n, ctx) => {
  ctx.log.info("adds");
  if (n < 0) throw new RangeError("account 4711 is below zero");
  return n + 1;
});
export const sum = orchestrator("Sum", async (ctx, n) => await ctx.callActivity(add, n));
`;
const MANAGEMENT = "/runtime/webhooks/durabletask";
const PATIENCE_MS = 30_000;
const RUNS = 12;

test("worker processes send what they run and their parent what it starts: one tree each, in the traces of the callers, and log lines have their places", async () => {
  using folder = new Folder();
  using collector = await otlpReceiver();
  folder.write("app/index.ts", APP);
  const args = ["start", "app", "--workers", "2", "--port", "0", "--store", `file:${folder.path}/hub.db`, "--console-payloads", "hide"];
  await using cli = new CliProcess(args, folder.path, { PERDURE_OTLP: collector.url, OTEL_SERVICE_NAME: "sums" });
  const [, url = ""] = await cli.printed(/"msg":"Management API: (http:\/\/localhost:\d+)\/runtime/);
  await cli.printed(/started in \d+ ms/);
  const traceOf = (n: number) => `${String(n + 10).repeat(16)}`;
  const start = (n: number, body: string) =>
    fetch(`${url}${MANAGEMENT}/orchestrators/Sum/a-${n}?timeout=20&pollingInterval=1`, {
      ...{ method: "POST", body },
      headers: { traceparent: `00-${traceOf(n)}-aaaabbbbccccdddd-01` },
    });
  for (let n = 0; n < RUNS; n += 1) assert.equal((await start(n, n === 0 ? "-1" : "1")).status, 200);
  const of = (n: number) => collector.spans.filter(({ traceId }) => traceId === traceOf(n));
  await until("all spans", () => Array.from({ length: RUNS }, (_, n) => of(n)).every((spans) => spans.length >= 4), PATIENCE_MS);
  const tree = (ended: string, failed: string) => [
    "create_orchestration:Sum 4",
    `  orchestration:Sum 2${ended}`,
    `    activity:Add 3${failed}`,
    `      activity:Add 2${failed}`,
  ];
  for (let n = 0; n < RUNS; n += 1)
    assert.deepEqual(treeOf(of(n), "aaaabbbbccccdddd"), n === 0 ? tree(" ActivityFailedError", " RangeError") : tree("", ""));
  assert.deepEqual(collector.spans[0]?.service, { stringValue: "sums" });
  const ran = of(1).find(({ name, kind }) => name === "activity:Add" && kind === 2);
  const line = cli.output.split("\n").find((text) => text.includes('"msg":"adds"') && text.includes('"instanceId":"a-1"'));
  const { traceId, spanId } = JSON.parse(line ?? "{}");
  assert.deepEqual([traceId, spanId], [traceOf(1), ran?.spanId]);
});
