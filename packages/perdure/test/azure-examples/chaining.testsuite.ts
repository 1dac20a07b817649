import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { HistoryEvent } from "../../src/index.ts";
import { TaskHub } from "../../src/index.ts";
import type { AzureHost, Status } from "../azure/testing/azure-host.ts";
import type { Example } from "./testing/example-host.ts";
import { logOf, run } from "./testing/example-host.ts";

const PATH = "/api/chaining";

/** The events as they were recorded, in the store of the host. */
async function recorded(folder: string, instanceId: string): Promise<readonly HistoryEvent[]> {
  await using hub = await TaskHub.open(`file:${join(folder, "perdure.db")}`);
  return (await hub.client.getStatus(instanceId, { showHistory: true }))?.history ?? [];
}

const EPISODES = ["F1", "F2", "F3", "F4"];

/** The function lines of the log are those that Azure has. */
function linesOf(host: AzureHost, instanceId: string): readonly string[] {
  return logOf(host)
    .filter((line) => line.instanceId === instanceId)
    .map(({ event, msg, activity, status }) => {
      if (event !== "function.system") return [event, activity ?? status].filter((part) => part !== undefined).join(" ");
      const [, what, name, how = ""] = /^(Execut\w+) 'Functions\.(\w+)' \((Succeeded)?/.exec(String(msg)) ?? [];
      return [what, name, how].join(" ").trim();
    });
}

const called = (name: string) => [`Executing ${name}`, `Executed ${name} Succeeded`, "activity.completed"];

/** Scenario 2. */
export function chainingTests(example: () => Example): void {
  const chain = async (input: object): Promise<Status> => run(example().host, PATH, input);

  test("chaining: F1, F2, F3 and F4 run one after another, each with the result of the one before", async () => {
    for (const [amount, output] of [
      [4, "done: 47"],
      [9, "done: 97"],
    ]) {
      const status = await chain({ amount });
      assert.deepEqual([status.runtimeStatus, status.output], ["Completed", output]);
    }
  });

  test("chaining: the log of a run at level info, and its raw history, whole and in order", async () => {
    const { host, folder } = example();
    const { instanceId } = await chain({ amount: 4 });
    await host.printed(new RegExp(`"execution\\.completed","instanceId":"${instanceId}"`));
    assert.deepEqual(linesOf(host, instanceId), [
      ...["Executing Chaining", "Executed Chaining Succeeded", "episode.started", "execution.started"],
      ...EPISODES.flatMap((name, at) => [
        ...(at === 0 ? [] : ["episode.started"]),
        ...[`activity.scheduled ${name}`, "episode.completed", ...called(name)],
      ]),
      ...["episode.started", "episode.completed", "execution.completed Completed"],
    ]);
    const history = await recorded(folder, instanceId);
    assert.deepEqual(
      history.map((event) => ("name" in event ? `${event.kind} ${event.name}` : event.kind)),
      [
        ...["OrchestratorStarted", "ExecutionStarted Chaining"],
        ...EPISODES.flatMap((name, at) => [
          ...(at === 0 ? [] : ["OrchestratorStarted"]),
          ...[`TaskScheduled ${name}`, "OrchestratorCompleted", "TaskCompleted"],
        ]),
        ...["OrchestratorStarted", "OrchestratorCompleted", "ExecutionCompleted"],
      ],
    );
    const times = history.map(({ ts }) => ts);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
  });

  test("chaining: when F3 fails, F2 is undone, and the error keeps its name, message and cause", async () => {
    const { folder } = example();
    const { instanceId, runtimeStatus, output } = await chain({ amount: 4, refuse: true });
    assert.equal(runtimeStatus, "Failed");
    assert.match(
      String(output),
      /^Orchestrator function 'Chaining' failed: Activity function 'F3' failed: no payment of 50 \n PaymentRefusedError: no payment of 50\n {4}at .*chaining\.[jt]s/,
    );
    const history = await recorded(folder, instanceId);
    assert.ok(history.some((event) => event.kind === "TaskScheduled" && event.name === "F2_Undo"));
    const failed = history.find((event) => event.kind === "TaskFailed");
    assert.ok(failed?.kind === "TaskFailed");
    const { errorType, message, cause } = failed.failure;
    assert.deepEqual([errorType, message], ["PaymentRefusedError", "Activity function 'F3' failed: no payment of 50"]);
    assert.deepEqual([cause?.errorType, cause?.message], ["Error", "the card has expired"]);
  });

  test("chaining: when the compensation fails too, both errors are visible", async () => {
    const { folder } = example();
    const { instanceId, runtimeStatus, output } = await chain({ amount: 1, refuse: true, stuck: true });
    assert.equal(runtimeStatus, "Failed");
    const both = /'F3' failed: no payment of 20 .*and F2 could not be undone: .*'F2_Undo' failed: the reservation of 2 cannot be released/s;
    assert.match(String(output), both);
    const end = (await recorded(folder, instanceId)).at(-1);
    assert.ok(end?.kind === "ExecutionCompleted" && end.failure !== undefined);
    assert.equal(end.failure.errorType, "AggregateError");
    assert.deepEqual(
      end.failure.errors?.map(({ message }) => message.split(" \n")[0]),
      ["Activity function 'F3' failed: no payment of 20", "Activity function 'F2_Undo' failed: the reservation of 2 cannot be released"],
    );
  });
}
