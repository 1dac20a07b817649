import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator, TaskHub } from "perdure";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { executionId, instanceId } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import type { GroupCommit } from "../../src/store/commit.ts";
import type { Store } from "../../src/store/contract.ts";
import { startInstance } from "../../src/store/start-instance.ts";
import type { Mode, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const CASES: readonly (readonly [StoreKind, Mode])[] = [
  ["memory", "plain"],
  ["memory", "no cursors"],
  ["sqlite inline", "plain"],
  ["postgres", "plain"],
];

const LIMIT = { timeout: 60_000 };

const takesWord = orchestrator("takesWord", async (ctx, run: string) => `${run} run, ${await ctx.waitForExternalEvent<string>("Word")}`);
const id = instanceId("i");

const word = (text: string) =>
  ({ instanceId: id, message: { kind: "event", ts: Date.now(), name: "Word", input: payload(JSON.stringify(text)) } }) as const;

const secondRun = {
  ...{ instanceId: id, executionId: executionId("second"), name: "takesWord", input: payload('"second"') },
  ...{ version: null, tags: null, parent: null, startAt: null },
};

/** What another process sends once, right before a commit that it does not know of. */
function beforeCommit(isMeant: (batch: GroupCommit) => boolean, send: (store: Store) => Promise<void>) {
  let sent = false;
  return (inner: Store): Store => ({
    ...inner,
    commit: async (batch) => {
      if (!sent && isMeant(batch)) {
        sent = true;
        await send(inner);
      }
      return inner.commit(batch);
    },
  });
}

test("the process that made such a start sees to it, long before the next sweep", LIMIT, async () => {
  using folder = new Folder();
  const file = `${folder.path}/hub.db`;
  await using other = await TaskHub.open(`file:${file}`, { functions: [], log: false });
  const wrap = beforeCommit(
    ({ ended }) => ended.includes(id),
    async () => void (await other.client.startNew("takesWord", { instanceId: id, input: "second", onExisting: "replace" })),
  );
  await using stand = await openStand({ store: "sqlite inline", file, functions: [takesWord], wrap, engine: { sweepEveryMs: 3_600_000 } });
  await stand.client.startNew(takesWord, { instanceId: id, input: "first" });
  await stand.client.raiseEvent(id, "Word", "taken");
  await stand.end(id);
  await stand.until("it has begun", async () => (await stand.status(id)).input === "second", 20_000);
  await stand.client.raiseEvent(id, "Word", "told");
  await stand.expectEnd(id, "Completed", "second run, told");
});

for (const [store, mode] of CASES) {
  test(`a start in place of a run that ends by itself is carried out, with what was sent behind it, ${store}, ${mode}`, LIMIT, async () => {
    const wrap = beforeCommit(
      ({ ended }) => ended.includes(id),
      async (inner) => {
        assert.equal((await startInstance(inner, { start: secondRun, onExisting: "replace" })).outcome, "replacing");
        assert.equal((await inner.deliver(word("behind"))).outcome, "delivered");
      },
    );
    await using stand = await openStand({ store, mode, functions: [takesWord], wrap });
    await stand.client.startNew(takesWord, { instanceId: id, input: "first" });
    await stand.client.raiseEvent(id, "Word", "taken");
    await stand.end(id);
    while ((await stand.status(id)).input !== "second") await new Promise((resolve) => setTimeout(resolve, 20));
    await stand.expectEnd(id, "Completed", "second run, behind");
  });

  test(`an event behind a start that replaces a live run is for the new run, ${store}, ${mode}`, LIMIT, async () => {
    const wrap = beforeCommit(
      ({ creates }) => creates.some(({ onExisting }) => onExisting === "replaceEnded"),
      async (inner) => assert.equal((await inner.deliver(word("behind"))).outcome, "delivered"),
    );
    await using stand = await openStand({ store, mode, functions: [takesWord], wrap });
    await stand.client.startNew(takesWord, { instanceId: id, input: "first" });
    await stand.client.startNew(takesWord, { instanceId: id, input: "second", onExisting: "replace" });
    while ((await stand.status(id)).input !== "second") await new Promise((resolve) => setTimeout(resolve, 5));
    await stand.expectEnd(id, "Completed", "second run, behind");
  });
}
