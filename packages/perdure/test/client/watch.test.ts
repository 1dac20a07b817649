import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DurableClient, WatchUpdate } from "perdure";
import { activity, externalEvent, orchestrator, TaskHub } from "perdure";
import { createTestHub } from "perdure/testing";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";

const go = externalEvent("Go");
const said = activity("Say", (words: readonly string[], { heartbeat }) => {
  for (const [index] of words.entries()) heartbeat(words.slice(0, index + 1).join(" "));
  return words.length;
});
const talk = orchestrator("Talk", async (ctx, words: readonly string[]) => {
  ctx.setCustomStatus("waits");
  await ctx.waitForExternalEvent(go);
  ctx.setCustomStatus("talks");
  return ctx.callActivity(said, words);
});

/** Of updates what a reader sees. */
const seen = (update: WatchUpdate): unknown =>
  update.kind === "progress"
    ? [update.activity, update.attempt, update.progress]
    : [update.status.runtimeStatus, update.status.customStatus ?? null, update.status.output ?? null];

async function all(updates: AsyncIterable<WatchUpdate>): Promise<readonly unknown[]> {
  const list: unknown[] = [];
  for await (const update of updates) list.push(seen(update));
  return list;
}

test("a watcher is told how an instance is, each change of its status, what its activities say, and its end", async () => {
  await using hub = await createTestHub({ functions: [talk, said] });
  const run = await hub.client.startNew(talk, { input: ["to", "be"] });
  await hub.flush();
  const watching = all(run.watch());
  await hub.flush();
  await run.raiseEvent(go);
  await hub.flush();
  assert.deepEqual(await watching, [
    ["Running", "waits", null],
    ["Running", "talks", null],
    ["Say", 1, "to be"],
    ["Completed", "talks", 2],
  ]);
  // Of one that has ended its end is all there is.
  assert.deepEqual(await all(hub.client.watch(run.instanceId)), [["Completed", "talks", 2]]);
});

test("a watch of no instance is refused, a signal ends one, and so does the end of the loop; wrong options are named", async () => {
  await using hub = await createTestHub({ functions: [talk, said] });
  await assert.rejects(all(hub.client.watch("nobody")), { code: "INSTANCE_NOT_FOUND" });
  assert.throws(() => hub.client.watch("nobody", { sginal: 1 } as object), { code: "OPTION_UNKNOWN", message: /sginal/ });
  const run = await hub.client.startNew(talk, { input: [] });
  await hub.flush();
  const stop = new AbortController();
  const watching = all(run.watch({ signal: stop.signal }));
  await hub.flush();
  stop.abort(new Error("enough"));
  await assert.rejects(watching, /enough/);
  for await (const update of run.watch()) {
    assert.deepEqual(seen(update), ["Running", "waits", null]);
    break;
  }
});

test("an instance that is stopped, resumed, restarted under its id and purged is followed as long as it is there", async () => {
  await using hub = await createTestHub({ functions: [talk, said] });
  const run = await hub.client.startNew(talk, { input: [], instanceId: "one" });
  await hub.flush();
  const watching = all(run.watch());
  await hub.flush();
  for (const act of [() => run.suspend("wait"), () => run.resume(), () => run.terminate({ reason: "over" })]) {
    await act();
    await hub.flush();
  }
  assert.deepEqual(await watching, [
    ["Running", "waits", null],
    ["Suspended", "waits", null],
    ["Running", "waits", null],
    ["Terminated", "waits", "over"],
  ]);
});

const WITHIN_MS = 200;
/** Two busy cores. */
const SLACK_MS = 400;

/** Two hubs that share nothing but the store: `here` watches what runs `there`. */
async function fromAfar(url: string): Promise<void> {
  const late: number[] = [];
  const speaks = activity("Speak", async (_: undefined, { heartbeat, signal }) => {
    for (let step = 1; step <= 12 && !signal.aborted; step += 1) {
      heartbeat({ step, at: Date.now(), text: "x".repeat(step * 1_000) });
      await sleep(150);
    }
  });
  const work = orchestrator("Work", async (ctx) => {
    await ctx.waitForExternalEvent(go);
    await ctx.callActivity(speaks);
    return "done";
  });
  await using there = await TaskHub.open(url, { functions: [work, speaks], log: false });
  await using here = await TaskHub.open(url, { functions: [], log: false });
  await there.start();
  const client: DurableClient = here.client;
  const run = await client.startNew("Work");
  const ends: unknown[] = [];
  const steps: number[] = [];
  const watching = (async () => {
    for await (const update of client.watch(run.instanceId)) {
      if (update.kind === "status") ends.push(update.status.runtimeStatus);
      else {
        const { step, at } = update.progress as { readonly step: number; readonly at: number };
        steps.push(step);
        late.push(Date.now() - at);
      }
    }
  })();
  await client.waitForStart(run.instanceId);
  await client.raiseEvent(run.instanceId, go);
  await watching;
  assert.equal(ends.at(-1), "Completed");
  assert.ok(steps.length >= 6, `only steps ${steps}`);
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  );
  const typical = late.toSorted((a, b) => a - b)[Math.floor(late.length / 2)] ?? 0;
  assert.ok(typical <= WITHIN_MS + SLACK_MS, `${late}`);
}

describe("what runs in another process", { concurrency: true }, () => {
  test("a SQLite file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "perdure-watch-"));
    await fromAfar(`file:${join(folder, "hub.db")}`);
    await rm(folder, { recursive: true });
  });

  for (const version of TEST_SERVERS.slice(-1)) {
    test(`PostgreSQL ${version}`, async (t) => {
      const database = await freshDatabase(await sharedPostgres(version));
      t.after(() => database.drop());
      await fromAfar(database.url);
    });
  }
});
