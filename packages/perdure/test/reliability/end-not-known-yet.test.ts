import assert from "node:assert/strict";
import { test } from "node:test";
import type { DurableClient } from "perdure";
import { activity, orchestrator } from "perdure";
import { executionId, instanceId } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Store } from "../../src/store/contract.ts";
import { startInstance } from "../../src/store/start-instance.ts";
import type { Mode, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const CASES: readonly (readonly [StoreKind, Mode])[] = [
  ["memory", "plain"],
  ["sqlite inline", "plain"],
  ["postgres", "plain"],
];

const LIMIT = { timeout: 20_000 };

const takesWord = orchestrator("takesWord", async (ctx, run: string) => `${run} run, ${await ctx.waitForExternalEvent<string>("Word")}`);
const id = instanceId("i");

const secondRun = {
  ...{ instanceId: id, executionId: executionId("second"), name: "takesWord", input: payload('"second"') },
  ...{ version: null, tags: null, parent: null, startAt: null },
};

/** Once the end of the first run is written, and before its worker hears of that: the next run is there, `send`, and the worker reads its mail. */
function afterEnd(send: () => void) {
  let sent = false;
  let reads = 0;
  return (inner: Store): Store => ({
    ...inner,
    look: async (params) => {
      const seen = await inner.look(params);
      reads += 1;
      return seen;
    },
    commit: async (batch) => {
      const receipt = await inner.commit(batch);
      if (sent || !batch.ended.includes(id)) return receipt;
      sent = true;
      assert.equal((await startInstance(inner, { start: secondRun, onExisting: "error" })).outcome, "started");
      send();
      const before = reads;
      await until("the worker reads its mail", () => reads >= before + 3, 10_000);
      return receipt;
    },
  });
}

for (const [store, mode] of CASES) {
  test(
    `an event for the next run, sent to a worker that does not know yet that the last one's end is written, ${store}`,
    LIMIT,
    async () => {
      let client: DurableClient | null = null;
      let raised: Promise<void> | undefined;
      const wrap = afterEnd(() => {
        raised ??= client?.raiseEvent(id, "Word", "behind");
      });
      await using stand = await openStand({ store, mode, functions: [takesWord], wrap });
      client = stand.client;
      await stand.client.startNew(takesWord, { instanceId: id, input: "first" });
      await stand.client.raiseEvent(id, "Word", "taken");
      await until("the event is sent", () => raised !== undefined, 10_000);
      await raised;
      await stand.expectEnd(id, "Completed", "second run, behind");
    },
  );

  test(`… and the same of an orchestration of that worker, ${store}`, LIMIT, async () => {
    let go: () => void = () => {};
    const secondIsThere = new Promise<void>((resolve) => {
      go = resolve;
    });
    const waits = activity("waits", () => secondIsThere);
    const tells = orchestrator("tells", async (ctx) => {
      await ctx.callActivity(waits);
      ctx.raiseEvent(id, "Word", "behind");
    });
    const wrap = afterEnd(() => go());
    await using stand = await openStand({ store, mode, functions: [takesWord, waits, tells], wrap });
    await stand.client.startNew(takesWord, { instanceId: id, input: "first" });
    await stand.client.startNew(tells, { instanceId: "teller" });
    await stand.client.raiseEvent(id, "Word", "taken");
    await stand.expectEnd(id, "Completed", "second run, behind");
  });
}
