import assert from "node:assert/strict";
import { test } from "node:test";
import type { BulkRequest, BulkRun, InstanceList } from "../../src/console/wire.ts";
import { orchestrator, schedule } from "../../src/index.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Stage } from "./testing/stage.ts";
import { stage } from "./testing/stage.ts";

const LIMIT_MS = 10_000;
const waits = orchestrator("Waits", async (ctx) => ctx.waitForExternalEvent("Go"));

async function staged(t: Parameters<typeof stage>[0], count: number): Promise<Stage> {
  const it = await stage(t, { functions: [waits] });
  await Promise.all(Array.from({ length: count }, (_, at) => it.post("/instances", { name: "Waits", instanceId: `w${at}` })));
  await until("all run", async () => (await idsBy(it, "Running")).length === count, LIMIT_MS);
  return it;
}

const idsBy = async ({ get }: Stage, status: string) =>
  (await get<InstanceList>(`/instances?status=${status}&limit=1000`)).rows.map(({ id }) => id);

const ended = ({ get }: Stage, { run }: BulkRun) =>
  until(
    "the run has ended",
    async () => {
      const now = await get<BulkRun>(`/bulk/${run}`);
      return now.state === "running" ? null : now;
    },
    LIMIT_MS,
  );

const numbers = ({ state, done, skipped, failed }: BulkRun) => [state, done, skipped, failed];

test("a dry run counts, gives samples and does nothing", async (t) => {
  const it = await staged(t, 7);
  const order: BulkRequest = { action: "terminate", filter: { name: "Waits" }, dryRun: true };
  const run = await it.post<BulkRun>("/bulk", order);
  assert.deepEqual([run.state, run.matched, run.sample.length, run.done], ["counted", { n: 7, isExact: true }, 5, 0]);
  assert.equal((await idsBy(it, "Running")).length, 7);
  assert.deepEqual(await it.refusal(`/bulk/${run.run}`), [404, "CONSOLE_BULK_UNKNOWN"]);
});

test("who counts need not say yet what is to be sent", async (t) => {
  const it = await staged(t, 2);
  const run = await it.post<BulkRun>("/bulk", { action: "raise-event", filter: { name: "Waits" }, dryRun: true });
  assert.deepEqual([run.state, run.matched.n], ["counted", 2]);
});

test("what is part of Perdure is left as it is, however it was chosen", async (t) => {
  const nightly = schedule("nightly", "0 2 * * *", waits, { timeZone: "UTC" });
  const it = await stage(t, { functions: [waits, nightly] });
  const id = await until("it is there", async () => (await it.get<InstanceList>("/instances?idPrefix=@@")).rows[0]?.id, LIMIT_MS);
  for (const chosen of [{ ids: [id] }, { filter: { idPrefix: "@@" } }])
    for (const what of [{ action: "terminate" }, { action: "raise-event", event: "Go" }, { action: "suspend" }, { action: "purge" }])
      assert.deepEqual(numbers(await ended(it, await it.post<BulkRun>("/bulk", { ...what, ...chosen }))), ["finished", 0, 1, 0]);
  assert.equal((await it.get<InstanceList>("/instances?idPrefix=@@")).rows[0]?.status, "Running");
});

test("a run does it to all of a filter, in slices, and to none twice", async (t) => {
  const it = await staged(t, 30);
  const filter = { name: "Waits", open: true };
  const order: BulkRequest = { action: "terminate", filter, reason: "test", perSecond: 20 }; // slices of 10
  const run = await it.post<BulkRun>("/bulk", { ...order, perSecond: 200 });
  assert.deepEqual([run.state, run.matched.n], ["running", 30]);
  assert.deepEqual(numbers(await ended(it, run)), ["finished", 30, 0, 0]);
  await until("all have ended", async () => (await idsBy(it, "Terminated")).length === 30, LIMIT_MS);
  const restart = await it.post<BulkRun>("/bulk", { action: "restart", filter: { name: "Waits" }, perSecond: 1_000 });
  assert.deepEqual(numbers(await ended(it, restart)), ["finished", 30, 0, 0], "what it starts is not restarted again");
});

test("what is not in a state for it is passed over", async (t) => {
  const it = await staged(t, 4);
  await it.post("/instances/w0/raise-event", { event: "Go" });
  await until("it has ended", async () => (await idsBy(it, "Completed")).length === 1, LIMIT_MS);
  const run = await it.post<BulkRun>("/bulk", { action: "suspend", ids: ["w0", "w1", "w2", "gone"], reason: "night" });
  assert.deepEqual(run.matched, { n: 4, isExact: true });
  assert.deepEqual(numbers(await ended(it, run)), ["finished", 2, 1, 0]);
  await until("two are suspended", async () => (await idsBy(it, "Suspended")).length === 2, LIMIT_MS);
});

test("a run can be cancelled", async (t) => {
  const it = await staged(t, 6);
  const run = await it.post<BulkRun>("/bulk", { action: "raise-event", event: "Go", filter: { name: "Waits" }, perSecond: 2 });
  await it.get<BulkRun>(`/bulk/${run.run}`, { method: "DELETE" });
  const { state, done } = await ended(it, run);
  assert.equal(state, "canceled");
  assert.ok(done < 6);
});

test("an order that could mean more than was meant is refused", async (t) => {
  const { refusal } = await stage(t);
  const order = (body: object) => refusal("/bulk", { method: "POST", body });
  assert.deepEqual(await order({ action: "terminate" }), [400, "OPTION_INVALID"]);
  assert.deepEqual(await order({ action: "terminate", filter: {}, ids: [] }), [400, "OPTION_INVALID"]);
  assert.deepEqual(await order({ action: "terminate", filter: { statuses: ["Running"] } }), [400, "OPTION_UNKNOWN"]);
  assert.deepEqual(await order({ action: "start", filter: {} }), [400, "OPTION_INVALID"]);
  assert.deepEqual(await order({ action: "suspend", filter: {}, event: "Go" }), [400, "OPTION_UNKNOWN"]);
  assert.deepEqual(await order({ action: "raise-event", filter: {} }), [400, "OPTION_INVALID"]);
  assert.deepEqual(await order({ action: "suspend", ids: Array(1_001).fill("a") }), [400, "OPTION_INVALID"]);
});
