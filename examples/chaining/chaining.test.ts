import assert from "node:assert/strict";
import { test } from "node:test";
import type { StartBody, TestHost } from "../lib/test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "../lib/test-host.ts";
import type { Order } from "./index.ts";
import * as app from "./index.ts";

async function runChain(host: TestHost, order: Order) {
  const start = await bodyOf<StartBody>(await postJson(`${host.url}/api/StartChain`, order));
  const status = await untilEnded(start.statusQueryGetUri);
  const history = (await host.hub.client.getStatus(start.id, { showHistory: true, showHistoryOutput: true }))?.history ?? [];
  return { status, history };
}

test("F1, F2, F3 and F4 run one after another, each with the result of the one before", async () => {
  await using host = await startTestHost(app);
  for (const [amount, output] of [
    [4, "done: 47"],
    [9, "done: 97"],
  ] as const) {
    const { status } = await runChain(host, { amount });
    assert.deepEqual([status.runtimeStatus, status.output], ["Completed", output]);
  }
});

test("the raw history of a run, whole and in order", async () => {
  await using host = await startTestHost(app);
  const { history } = await runChain(host, { amount: 4 });
  assert.deepEqual(
    history.map((event) => ("name" in event ? `${event.kind} ${event.name}` : event.kind)),
    [
      "OrchestratorStarted",
      "ExecutionStarted Chain",
      "TaskScheduled F1",
      "OrchestratorCompleted",
      "TaskCompleted",
      "OrchestratorStarted",
      "TaskScheduled F2",
      "OrchestratorCompleted",
      "TaskCompleted",
      "OrchestratorStarted",
      "TaskScheduled F3",
      "OrchestratorCompleted",
      "TaskCompleted",
      "OrchestratorStarted",
      "TaskScheduled F4",
      "OrchestratorCompleted",
      "TaskCompleted",
      "OrchestratorStarted",
      "OrchestratorCompleted",
      "ExecutionCompleted",
    ],
  );
  const times = history.map((event) => event.ts);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test("the log of a run, at level info, reads as its history does", async () => {
  const lines: string[] = [];
  const log = {
    enabled: (level: string) => level !== "debug",
    write: ({ event, fields }: { readonly event: string; readonly fields: { readonly [key: string]: unknown } }) => {
      const more = fields.activity ?? fields.status;
      if (fields.instanceId !== undefined) lines.push(typeof more === "string" ? `${event} ${more}` : event);
    },
  };
  await using host = await startTestHost(app, { log });
  await runChain(host, { amount: 4 });
  const episodeAfter = (name: string) => ["activity.completed", "episode.started", `activity.scheduled ${name}`, "episode.completed"];
  assert.deepEqual(lines, [
    "episode.started",
    "execution.started",
    "activity.scheduled F1",
    "episode.completed",
    ...episodeAfter("F2"),
    ...episodeAfter("F3"),
    ...episodeAfter("F4"),
    "activity.completed",
    "episode.started",
    "episode.completed",
    "execution.completed Completed",
  ]);
});

test("when F3 fails, F2 is undone, and the error keeps its name, message and cause", async () => {
  await using host = await startTestHost(app);
  const { status, history } = await runChain(host, { amount: 4, refuse: true });
  assert.equal(status.runtimeStatus, "Failed");
  const undone = history.find((event) => event.kind === "TaskScheduled" && event.name === "F2_Undo");
  assert.ok(undone !== undefined, "F2_Undo was not called");
  const end = history.at(-1);
  assert.ok(end?.kind === "ExecutionCompleted" && end.failure !== undefined);
  assert.equal(end.failure.errorType, "ActivityFailedError");
  const { cause } = end.failure;
  assert.deepEqual([cause?.errorType, cause?.message], ["PaymentRefusedError", "no payment of 50"]);
  assert.deepEqual([cause?.cause?.errorType, cause?.cause?.message], ["Error", "the card has expired"]);
  assert.match(String(status.output), /no payment of 50/);
});

test("when the compensation fails too, both errors are visible", async () => {
  await using host = await startTestHost(app);
  const { status, history } = await runChain(host, { amount: 1, refuse: true, stuck: true });
  assert.equal(status.runtimeStatus, "Failed");
  const end = history.at(-1);
  assert.ok(end?.kind === "ExecutionCompleted" && end.failure !== undefined);
  assert.equal(end.failure.errorType, "AggregateError");
  assert.deepEqual(
    end.failure.errors?.map((error) => [error.cause?.errorType, error.cause?.message]),
    [
      ["PaymentRefusedError", "no payment of 20"],
      ["Error", "the reservation of 2 cannot be released"],
    ],
  );
});
