import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../lib/test-clock.ts";
import type { StartBody, StatusBody } from "../lib/test-host.ts";
import { bodyOf, startTestHost, untilEnded } from "../lib/test-host.ts";
import * as app from "./index.ts";

const START = "/api/DurableFunction_HttpStart";

/** What `curl -X POST … -H 'Content-Type: application/json' --data-raw ''` sends. */
const raiseWithEmptyBody = (start: StartBody, event: string) =>
  fetch(start.sendEventPostUri.replace("{eventName}", event), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "",
  });

test("a start answers 202 with the check-status payload, and the status shows that it runs", async () => {
  await using host = await startTestHost(app);
  for (const method of ["GET", "POST"]) {
    const response = await fetch(host.url + START, { method });
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("retry-after"), "10");
    const start = await bodyOf<StartBody & { readonly [field: string]: string }>(response);
    assert.equal(response.headers.get("location"), start.statusQueryGetUri);
    assert.deepEqual(Object.keys(start).sort(), [
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
    const status = await fetch(start.statusQueryGetUri);
    assert.equal(status.status, 202);
    const { runtimeStatus, name, instanceId } = await bodyOf<StatusBody>(status);
    assert.ok(runtimeStatus === "Pending" || runtimeStatus === "Running", runtimeStatus);
    assert.deepEqual([name, instanceId], ["DurableFunction_Orchestrator", start.id]);
  }
});

test("an event with an empty body ships the order", async () => {
  await using host = await startTestHost(app);
  const start = await bodyOf<StartBody>(await fetch(host.url + START));
  const raised = await raiseWithEmptyBody(start, "Event_Ship");
  assert.equal(raised.status, 202);
  assert.equal(await raised.text(), "");
  const { runtimeStatus, output } = await untilEnded(start.statusQueryGetUri);
  assert.deepEqual([runtimeStatus, output], ["Completed", ["The order is shipped!"]]);
  assert.equal((await raiseWithEmptyBody(start, "Event_Ship")).status, 410);
});

test("without the event the order is escalated after 20 seconds, not before", async () => {
  const clock = new TestClock();
  await using host = await startTestHost(app, { clock });
  const start = await bodyOf<StartBody>(await fetch(host.url + START));
  clock.pass({ seconds: 15 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await fetch(start.statusQueryGetUri)).status, 202);
  clock.pass({ seconds: 5 });
  const { runtimeStatus, output } = await untilEnded(start.statusQueryGetUri);
  assert.deepEqual([runtimeStatus, output], ["Completed", ["The order is escalated to Head of department!"]]);
});

test("another event changes nothing: the order waits on", async () => {
  await using host = await startTestHost(app);
  const start = await bodyOf<StartBody>(await fetch(host.url + START));
  assert.equal((await raiseWithEmptyBody(start, "Event_Cancel")).status, 202);
  assert.equal((await fetch(start.statusQueryGetUri)).status, 202);
  assert.equal((await fetch(start.terminatePostUri.replace("{text}", "enough"), { method: "POST" })).status, 202);
  const { runtimeStatus, output } = await untilEnded(start.statusQueryGetUri);
  assert.deepEqual([runtimeStatus, output], ["Terminated", "enough"]);
});
