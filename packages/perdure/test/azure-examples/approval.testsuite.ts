import assert from "node:assert/strict";
import { test } from "node:test";
import type { Example } from "./testing/example-host.ts";
import { JSON_TYPE } from "./testing/example-host.ts";

const START = "/api/DurableFunction_HttpStart";

type Payload = { readonly [field: string]: string };

/** What `curl -X POST … -H 'Content-Type: application/json' --data-raw ''` sends. */
const raise = ({ sendEventPostUri = "" }: Payload, event: string) =>
  fetch(sendEventPostUri.replace("{eventName}", event), { method: "POST", headers: JSON_TYPE, body: "" });

/** Scenario 1, without the parts that take 20 seconds. */
export function approvalTests(example: () => Example, taskHub: string): void {
  test("approval: a start by GET and by POST answers 202 with the check-status payload, and the status shows that it runs", async () => {
    const { host } = example();
    for (const method of ["GET", "POST"]) {
      const start = await fetch(host.url + START, { method });
      assert.deepEqual([start.status, start.headers.get("retry-after")], [202, "10"]);
      const payload = (await start.json()) as Payload;
      assert.deepEqual(Object.keys(payload).sort(), [
        "id",
        "purgeHistoryDeleteUri",
        "restartPostUri",
        "resumePostUri",
        "rewindPostUri",
        "sendEventPostUri",
        "statusQueryGetUri",
        "suspendPostUri",
        "terminatePostUri",
      ]);
      assert.equal(start.headers.get("location"), payload.statusQueryGetUri);
      assert.match(payload.statusQueryGetUri ?? "", new RegExp(`^${host.management}/instances/\\w+\\?taskHub=${taskHub}&`));
      const status = await fetch(payload.statusQueryGetUri ?? "");
      assert.equal(status.status, 202);
      const { runtimeStatus } = (await status.json()) as Payload;
      assert.ok(runtimeStatus === "Pending" || runtimeStatus === "Running", `it is ${runtimeStatus}`);
    }
  });

  test("approval: an event with an empty body ships the order; another one changes nothing, and one that comes too late is told so", async () => {
    const { host } = example();
    const payload = await host.started(START);
    const { statusQueryGetUri = "" } = payload;
    assert.equal((await raise(payload, "Event_Cancel")).status, 202);
    assert.equal((await fetch(statusQueryGetUri)).status, 202);
    const raised = await raise(payload, "Event_Ship");
    assert.deepEqual([raised.status, await raised.text()], [202, ""]);
    const { runtimeStatus, output } = await host.ended(statusQueryGetUri);
    assert.deepEqual([runtimeStatus, output], ["Completed", ["The order is shipped!"]]);
    assert.equal((await raise(payload, "Event_Ship")).status, 410);
  });
}

/** Without the event: it takes as long as it says. */
export function escalationTest(example: () => Example): void {
  test("approval: without the event the order is escalated after 20 seconds, not before", async () => {
    const { host } = example();
    const began = Date.now();
    const { statusQueryGetUri = "" } = await host.started(START);
    const { runtimeStatus, output } = await host.ended(statusQueryGetUri);
    assert.deepEqual([runtimeStatus, output], ["Completed", ["The order is escalated to Head of department!"]]);
    assert.ok(Date.now() - began >= 20_000, `${Date.now() - began} ms`);
  });
}
