import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { instanceId } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import type { Store } from "../../src/store/contract.ts";
import type { Mode, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";
import { broken, step } from "./rewind.testsuite.ts";

const CASES: readonly (readonly [StoreKind, Mode])[] = [
  ["memory", "plain"],
  ["memory", "no cursors"],
  ["sqlite inline", "plain"],
  ["postgres", "plain"],
];

const takesWords = orchestrator("takesWords", async (ctx) => {
  const done = await ctx.callActivity(step, "middle");
  return [done, await ctx.waitForExternalEvent<string>("Word"), await ctx.waitForExternalEvent<string>("Word")];
});

for (const [store, mode] of CASES) {
  test(`events accepted while the last episode ran reach the rewound instance in order, ${store}, ${mode}`, {
    timeout: 60_000,
  }, async () => {
    const id = `late-${store}-${mode}`.replaceAll(" ", "-");
    const answers: string[] = [];
    /** Another process sends them when the episode has run, and its end is not written yet. */
    const before = (inner: Store): Store => ({
      ...inner,
      commit: async (batch) => {
        if (batch.ended.includes(instanceId(id)) && answers.length === 0) {
          for (const word of ["first", "second"]) {
            const input = payload(JSON.stringify(word));
            const message = { kind: "event", ts: stand.now, name: "Word", input } as const;
            answers.push((await inner.deliver({ instanceId: instanceId(id), message })).outcome);
          }
        }
        return inner.commit(batch);
      },
    });
    await using stand = await openStand({ store, mode, functions: [takesWords, step], wrap: before });
    broken.add(`${id}/middle`);
    await stand.client.startNew("takesWords", { instanceId: id });
    assert.equal((await stand.end(id)).runtimeStatus, "Failed");
    assert.deepEqual(answers, ["delivered", "delivered"]);
    for (let sweeps = 0; sweeps < 2; sweeps += 1) assert.equal((await stand.store.sweep()).droppedMail, 0);
    assert.equal((await stand.store.dump()).unread.length, 2);

    broken.delete(`${id}/middle`);
    await stand.client.rewind(id);
    await stand.expectEnd(id, "Completed", ["middle done", "first", "second"]);
    assert.equal((await stand.kinds(id)).filter((kind) => kind === "EventRaised").length, 2);
    assert.deepEqual((await stand.store.dump()).unread, []);
  });
}
