import assert from "node:assert/strict";
import { test } from "node:test";
import { ISOLATIONS } from "../../src/app-threads/app-threads.ts";
import { until } from "../../src/process/testing/until.ts";
import { ThreadApp } from "./testing/thread-app.ts";

for (const isolation of ISOLATIONS)
  test(`why an instance does not move: its code, or its activity, holds a ${isolation}, with the line`, async () => {
    await using app = await ThreadApp.open({ isolation });
    const why = async (id: string) => (await app.client.getStatus(id, { showWaitingFor: true }))?.waitingFor;
    await app.client.startNew("is-faulty", { instanceId: "orchestrator", input: { fault: "loop for ever" } });
    const LINE = /holds its thread at loop for ever \(\S+faults\.ts:\d+\)/;
    const found = await until(
      "the worker has said it",
      async () => {
        const waitingFor = await why("orchestrator");
        return waitingFor !== undefined && waitingFor !== null && LINE.test(waitingFor.because) ? waitingFor : null;
      },
      60_000,
    );
    assert.match(found.because, /^It has work to do since \S+: its code runs at worker \d+ \(\S.*\), and holds its thread at /);
    assert.equal(found.state, "owned");

    await app.client.startNew("calls-faulty", { instanceId: "activity", input: { fault: "loop for ever" } });
    const activity = await until(
      "the worker has said it",
      async () => {
        const [first] = (await why("activity"))?.activities ?? [];
        return first?.held?.at == null ? null : first;
      },
      60_000,
    );
    assert.equal(activity.held?.isHolder, true);
    assert.match(
      (await why("activity"))?.because ?? "",
      /^It waits for activity "faulty" since \S+, which holds its thread at loop for ever \(\S+faults\.ts:\d+\) at worker /,
    );
  });
