import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { executionId, instanceId } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import type { GroupCommit } from "../../src/store/commit.ts";
import type { Store } from "../../src/store/contract.ts";
import { startInstance } from "../../src/store/start-instance.ts";
import type { StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const CASES: readonly StoreKind[] = ["memory", "sqlite inline", "postgres"];

const LIMIT = { timeout: 20_000 };

const id = instanceId("i");
const takesWord = orchestrator("takesWord", async (ctx, run: string) => `${run} run, ${await ctx.waitForExternalEvent<string>("Word")}`);

const tells = orchestrator("tells", async (ctx) => {
  await ctx.waitForExternalEvent("Now");
  ctx.raiseEvent(id, "Word", "behind");
});

const secondRun = {
  ...{ instanceId: id, executionId: executionId("second"), name: "takesWord", input: payload('"second"') },
  ...{ version: null, tags: null, parent: null, startAt: null },
};

const endsFirstRun = ({ ended, creates }: GroupCommit): boolean =>
  ended.includes(id) && creates.some(({ onExisting }) => onExisting === "replaceEnded");

/**
 * While the history of the teller is read: another process starts in place of the first run. The teller continues when this worker reads of that, and what
 * it says waits behind that start in the mailbox of the first run.
 */
function replacedMeanwhile(onEnd: (batch: GroupCommit) => void) {
  let goOn: (() => void) | null = null;
  let began = false;
  return (inner: Store): Store => ({
    ...inner,
    loadHistory: async (no, generation) => {
      const history = await inner.loadHistory(no, generation);
      if (began) return history;
      began = true;
      const isRead = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      assert.equal((await startInstance(inner, { start: secondRun, onExisting: "replace" })).outcome, "replacing");
      await isRead;
      return history;
    },
    look: async (params) => {
      const seen = await inner.look(params);
      if (seen.mail.some(({ kind }) => kind === "replace")) goOn?.();
      return seen;
    },
    commit: (batch) => {
      if (endsFirstRun(batch)) onEnd(batch);
      return inner.commit(batch);
    },
  });
}

for (const store of inTurn("behind-a-replace", CASES)) {
  test(
    `what an orchestration says behind a start in place of a run, in the batch that ends it, is for the next run, ${store}`,
    LIMIT,
    async () => {
      const ends: GroupCommit[] = [];
      const wrap = replacedMeanwhile((batch) => ends.push(batch));
      await using stand = await openStand({ store, mode: "no cursors", functions: [takesWord, tells], wrap });
      await stand.client.startNew(takesWord, { instanceId: id, input: "first" });
      await stand.client.startNew(tells, { instanceId: "teller" });
      await stand.untilStatus(id, "Running");
      await stand.untilStatus("teller", "Running");
      await stand.client.raiseEvent("teller", "Now");
      await stand.end("teller");
      await stand.until("the second run is there", async () => (await stand.status(id)).input === "second");
      const [end] = ends;
      assert.deepEqual(
        end?.messages.map(({ message }) => message.kind),
        ["event"],
        "the event left in the batch that ends the first run",
      );
      await stand.expectEnd(id, "Completed", "second run, behind");
    },
  );
}
