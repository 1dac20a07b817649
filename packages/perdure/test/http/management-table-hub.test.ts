import { setTimeout as sleep } from "node:timers/promises";
import { entity } from "../../src/functions/entity.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { managementTableSuite } from "../../src/http/management-table.testsuite.ts";
import { payload } from "../../src/model/payload.ts";
import type { RuntimeStatus } from "../../src/model/status.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";

/** Continues when told how to end. */
const hello = orchestrator("Hello", async (ctx, _input: { readonly a: number }) => {
  ctx.setCustomStatus("half");
  const end = await ctx.waitForExternalEvent<"complete" | "fail">("End");
  if (end === "fail") throw new Error("boom");
  return ["done"];
});

const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx) => {
      ctx.state += 1;
    },
  },
});

/** What a real instance can be brought to and kept in; the others are in the table over the fixture hub. */
const STATUSES: readonly RuntimeStatus[] = ["Running", "Suspended", "Completed", "Failed", "Terminated"];

managementTableSuite("a real task hub", STATUSES, async () => {
  const hub = await TaskHub.open("memory:", { functions: [hello, counter], log: false });
  await hub.start();
  const client = hub.hubClient;
  const reached = async (instanceId: string, status: RuntimeStatus) => {
    while ((await client.getStatus(instanceId))?.runtimeStatus !== status) await sleep(1);
  };
  return {
    client,
    async seed(instanceId: string, status: RuntimeStatus) {
      await client.start({ name: "Hello", instanceId, input: payload('{"a":1}') });
      await reached(instanceId, "Running");
      if (status === "Suspended") await client.suspend({ instanceId, reason: null });
      else if (status === "Terminated") await client.terminate({ instanceId, reason: "enough", recursive: false });
      else if (status === "Failed") await client.raiseEvent({ instanceId, name: "End", input: payload('"fail"') });
      else if (status === "Completed") await client.raiseEvent({ instanceId, name: "End", input: payload('"complete"') });
      await reached(instanceId, status);
    },
    close: () => hub.close(),
  };
});
