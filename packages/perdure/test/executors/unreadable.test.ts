import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import type { Store } from "../../src/store/contract.ts";
import type { HistoryChunk } from "../../src/store/rows.ts";
import type { LogEntry } from "../../src/telemetry/engine-log.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = activity("work", () => 1);
const twice = orchestrator("twice", async (ctx) => (await ctx.callActivity(work)) + (await ctx.callActivity(work)));

/** A fleet of one whose executor never has a cursor, and whose store gives the histories that `tampered` makes of them. */
async function openTampered(tampered: (chunks: readonly HistoryChunk[]) => readonly HistoryChunk[]) {
  const log: LogEntry[] = [];
  const executor = (native: Executor) =>
    wrapExecutor(native, {
      runEpisode: async (request) => (request.history === null ? { kind: "historyNeeded" } : native.runEpisode(request)),
    });
  const reads = { count: 0 };
  const between = (store: Store): Store => ({
    ...interceptStore(store, (_, call) => call()),
    loadHistory: async (no, generation) => {
      reads.count += 1;
      return tampered(await store.loadHistory(no, generation));
    },
  });
  const write = (entry: LogEntry) => void log.push(entry);
  const fleet = await TestFleet.open(1, {
    store: "memory",
    functions: () => [twice, work],
    executor,
    between,
    log: { enabled: () => true, write },
  });
  const said = () => log.filter(({ event }) => event === "instance.history-incomplete").map(({ message }) => message);
  return { fleet, reads, said };
}

test("a history that is incomplete in the store for a moment is read again, and nothing is said", async () => {
  let short = 3;
  const { fleet, said } = await openTampered((chunks) => (short-- > 0 ? [] : chunks));
  await using _ = fleet;
  await fleet.start(0, "twice", "one");
  assert.equal(await fleet.end("one", 10_000), 2);
  assert.deepEqual(said(), []);
});

test("a history that stays incomplete is read less and less often, said once, and stops its instance; with the history back it continues", async () => {
  let isShort = true;
  const { fleet, reads, said } = await openTampered((chunks) => (isShort ? [] : chunks));
  await using _ = fleet;
  await fleet.start(0, "twice", "one");
  await fleet.advance(5_000);
  assert.deepEqual(said(), [
    'The history of "one" is incomplete in the store: 0 events are there, and 4 were recorded. It is read again for half a minute, then the instance is stopped.',
  ]);
  assert.ok(reads.count < 15, `${reads.count} reads in five seconds`);
  await fleet.advance(40_000);
  const stopped = (await fleet.status("one"))?.stopped;
  assert.equal(stopped?.code, "STORED_DATA_UNREADABLE");
  assert.match(stopped?.message ?? "", /0 events are there, and 4 were recorded/);
  assert.equal(said().length, 1);
  isShort = false;
  const resumed = fleet.client(0).resume({ instanceId: "one", reason: null });
  await fleet.advance(100);
  await resumed;
  assert.equal(await fleet.end("one", 10_000), 2);
});

test("a history that cannot be read when the executor needs it stops its instance, and nothing else", async () => {
  const executor = (native: Executor) =>
    wrapExecutor(native, {
      runEpisode: async (request) => (request.history === null ? { kind: "historyNeeded" } : native.runEpisode(request)),
    });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [twice, work], executor });
  const { store } = fleet.sim;
  const { loadHistory } = store;
  const unreadable = new Set<number>();
  Object.assign(store, {
    loadHistory: async (...[no, generation]: Parameters<typeof loadHistory>) => {
      const chunks = await loadHistory(no, generation);
      return unreadable.has(no) ? chunks.map((chunk) => ({ ...chunk, events: chunk.events.slice(1) })) : chunks;
    },
  });
  await fleet.start(0, "twice", "healthy");
  assert.equal(await fleet.end("healthy", 10_000), 2);
  for (let no = 1; no < 1_000; no++) unreadable.add(no);
  await fleet.start(0, "twice", "damaged");
  await fleet.advance(1_000);
  assert.equal((await fleet.status("damaged"))?.stopped?.code, "STORED_DATA_UNREADABLE");
  unreadable.clear();
  await fleet.start(0, "twice", "another");
  assert.equal(await fleet.end("another", 10_000), 2);
});
