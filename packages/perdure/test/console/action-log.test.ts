import assert from "node:assert/strict";
import { test } from "node:test";
import { entity, orchestrator, schedule } from "../../src/index.ts";
import { until } from "../../src/process/testing/until.ts";
import type { LogEntry } from "../../src/telemetry/engine-log.ts";
import { stage } from "./testing/stage.ts";

const LIMIT_MS = 10_000;
const fails = orchestrator("Fails", () => {
  throw new RangeError("no");
});
const counter = entity("Counter", { initialState: () => 0, operations: { add: () => {} } });
const yearly = schedule("yearly", "0 0 1 1 *", fails);

test("each thing that is done from the console leaves a line with what it was and of what, and a plan leaves none", async (t) => {
  const lines: LogEntry[] = [];
  const log = { engine: "info", to: { enabled: () => true, write: (entry: LogEntry) => void lines.push(entry) } } as const;
  const { post, hub } = await stage(t, { functions: [fails, counter, yearly], log });
  await post("/instances", { name: "Fails", instanceId: "f" });
  await until("it has failed", async () => (await hub.client.getStatus("f"))?.runtimeStatus === "Failed", LIMIT_MS);
  await post("/instances/f/rewind", { dryRun: true });
  await post("/instances/f/restart", { reason: "again" });
  await post("/entities/@counter@a/signal", { operation: "add" });
  await post("/entities/@counter@a/purge", {});
  await post("/schedules/yearly/pause", {});
  const said = lines.filter(({ event }) => event === "console.action");
  assert.deepEqual(
    said.map(({ message, fields }) => [message, fields.action]),
    [
      ['start of "f" from the console.', "start"],
      ['restart of "f" from the console.', "restart"],
      ['signal of "@counter@a" from the console.', "signal"],
      ['purge of "@counter@a" from the console.', "purge"],
      ['pause of the schedule "yearly" from the console.', "pause"],
    ],
  );
});
