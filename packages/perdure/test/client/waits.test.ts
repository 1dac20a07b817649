import assert from "node:assert/strict";
import { test } from "node:test";
import type { WaitParams, WaitResult } from "../../src/client/wait.ts";
import { Waits } from "../../src/client/waits.ts";
import { fault } from "../../src/errors/perdure-error.ts";
import { instanceId, instanceNo } from "../../src/model/ids.ts";
import type { EndedInstances, Store } from "../../src/store/contract.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { ending, Hand, spec, update } from "../../src/testing/store-conformance/hub.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { VirtualCalendar, VirtualTime } from "../../src/testing/virtual-time.ts";

interface Options {
  /** Stands between the waits and the store. */
  readonly around?: (store: Store, time: VirtualTime) => Store;
}

/** A process that only waits, and another one, in the test's hand, in which things end. */
async function stage({ around = (store) => store }: Options = {}) {
  const time = new VirtualTime();
  const calendar = new VirtualCalendar(time, 1_790_000_000_000);
  const store = createMemoryStore({ now: calendar.now });
  const calls: string[] = [];
  let rows = 0;
  const counted = interceptStore(store, (method, call) => {
    calls.push(method);
    return call();
  });
  const reading: Store = {
    ...counted,
    readInstances: (ids, payloads) => {
      rows += ids.length;
      return counted.readInstances(ids, payloads);
    },
  };
  const listeners = new Set<(ended: EndedInstances) => void>();
  const waits = new Waits({
    store: around(reading, time),
    scheduler: time,
    clock: time,
    peek: () => undefined,
    onEnds: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    acceptMs: 15_000,
  });
  const hand = await Hand.join(store, {});
  const hint = (ended: EndedInstances) => {
    for (const listener of [...listeners]) listener(ended);
  };
  const wait = (id: string, more: Partial<WaitParams> = {}) => {
    const result = { at: Number.NaN, value: undefined as WaitResult | undefined, error: undefined as unknown };
    waits.wait({ instanceId: instanceId(id), until: "completed", timeoutMs: null, ...more }).then(
      (value) => Object.assign(result, { at: time.monotonicMs(), value }),
      (error: unknown) => Object.assign(result, { at: time.monotonicMs(), error }),
    );
    return result;
  };
  const own = async (...ids: readonly string[]) => {
    const nos = await hand.own(...ids);
    return new Map(ids.map((id, index) => [id, nos[index] ?? assert.fail("unreachable")]));
  };
  const statusOf = ({ value }: ReturnType<typeof wait>) =>
    value === null || value === "over" || value === undefined ? value : value.runtimeStatus;
  const count = { of: (method: string) => calls.filter((call) => call === method).length, rows: () => rows };
  return { time, store, hand, waits, listeners, hint, wait, own, statusOf, count };
}

test("20,000 waits cost one question in 250 ms and at most 400 looks a second, and each that ends is told by the next answer", async () => {
  const { time, hand, wait, own, statusOf, count } = await stage();
  const ids = Array.from({ length: 20_000 }, (_, index) => `i${index}`);
  const nos = await own(...ids);
  const waiting = new Map(ids.map((id) => [id, wait(id)]));
  await time.advance(120_000); // each has been looked at once more, so that no end between the first look and the first answer is missed
  const before = { asked: count.of("readEnded"), rows: count.rows() };
  await time.advance(10_000);
  assert.ok(count.of("readEnded") - before.asked <= 41);
  assert.ok(count.rows() - before.rows <= 4_100, `${count.rows() - before.rows} rows`);
  const now = time.monotonicMs();
  for (const id of ["i7", "i19999"]) await hand.commit({ updates: [ending(nos.get(id)!, 0)] });
  await time.advance(300);
  for (const id of ["i7", "i19999"]) {
    const ended = waiting.get(id)!;
    assert.equal(statusOf(ended), "Completed");
    assert.ok(ended.at - now <= 260, `after ${ended.at - now} ms`);
  }
});

test("a new wait asks soon, then less and less often", async () => {
  const { time, wait, own, count } = await stage();
  await own("i");
  wait("i");
  const askedAt: number[] = [];
  for (let ms = 0; ms < 2_000; ms += 1) {
    const before = count.of("readEnded");
    await time.advance(1);
    if (count.of("readEnded") > before) askedAt.push(ms);
  }
  assert.ok((askedAt[0] ?? 99) <= 6 && (askedAt[1] ?? 99) <= 12 && (askedAt[2] ?? 99) <= 24, String(askedAt));
  assert.ok(askedAt.length <= 14, String(askedAt));
});

test("an end is told at once by a hint that names it, and by one that names none, which costs a question each 10 ms at most", async () => {
  const { time, hand, hint, wait, own, statusOf, count } = await stage();
  const nos = await own("i", "j");
  const [i, j] = [wait("i"), wait("j")];
  await time.advance(5_010);
  await hand.commit({ updates: [ending(nos.get("i")!, 0)] });
  hint([instanceId("other"), instanceId("i")]);
  await time.advance(1);
  assert.equal(statusOf(i), "Completed");
  const before = count.of("readEnded");
  await hand.commit({ updates: [ending(nos.get("j")!, 0)] });
  for (let ms = 0; ms < 20; ms += 1) {
    hint(null);
    await time.advance(1);
  }
  assert.equal(statusOf(j), "Completed");
  assert.ok(count.of("readEnded") - before <= 3);
});

test("hints are listened to while there are waits", async () => {
  const { time, listeners, wait, own } = await stage();
  await own("i");
  wait("i", { timeoutMs: 1_000 });
  await time.advance(500);
  assert.equal(listeners.size, 1);
  await time.advance(600);
  assert.equal(listeners.size, 0);
});

test("what no answer names is noticed within about a second: stopped, purged, replaced by a run that has ended, or committed late", async () => {
  // An answer that comes from before the commits of the last minute, as one that a long transaction overtakes.
  const { time, store, hand, wait, own, statusOf } = await stage({
    around: (real) => ({ ...real, readEnded: async (since) => ({ ...(await real.readEnded(null)), upTo: since ?? { from: 0 } }) }),
  });
  const nos = await own("stopped", "purged", "replaced", "late", "open");
  const waiting = [...nos.keys()].map((id) => wait(id, { orStopped: true }));
  await time.advance(5_000);
  await hand.commit({
    updates: ["purged", "replaced", "late"].map((id) => ending(nos.get(id)!, 0)),
    stops: [{ no: nos.get("stopped")!, version: 0, reason: { code: "X", message: "x", at: 1, codeMayCure: false }, crashes: null }],
  });
  await store.purge({ instanceId: instanceId("purged") });
  await store.purge({ instanceId: instanceId("replaced") });
  await store.start({ start: spec("replaced"), onExisting: "error" });
  await time.advance(1_500);
  const [stopped, purged, replaced, late, open] = waiting;
  assert.equal(statusOf(late!), "Completed");
  assert.equal(statusOf(purged!), null);
  assert.deepEqual([statusOf(stopped!), statusOf(replaced!), statusOf(open!)], ["Pending", undefined, undefined]);
});

test("an answer that is cut is followed by the next question at once", async () => {
  const { time, hand, wait, own, statusOf, count } = await stage({
    around: (real) => ({
      ...real,
      readEnded: async (since) => {
        const { ended, upTo, more } = await real.readEnded(since === null ? null : (since.rest ?? since));
        // One at a time: the others are still to come.
        const left = ended.slice(since?.rest === undefined ? 0 : since.rest.after.no);
        const next = {
          ...upTo,
          rest: { ...(since?.rest ?? since ?? upTo), after: { completedAt: 0, no: instanceNo(ended.length - left.length + 1) } },
        };
        return left.length <= 1 ? { ended: left, upTo, more } : { ended: left.slice(0, 1), upTo: next, more: true };
      },
    }),
  });
  const ids = Array.from({ length: 20 }, (_, n) => `i${n}`);
  const nos = await own(...ids);
  const waiting = ids.map((id) => wait(id));
  await time.advance(5_010);
  const before = count.of("readEnded");
  await hand.commit({ updates: ids.map((id) => ending(nos.get(id)!, 0)) });
  await time.advance(260);
  for (const one of waiting) assert.equal(statusOf(one), "Completed");
  assert.ok(count.of("readEnded") - before <= 23, `${count.of("readEnded") - before} questions`);
});

test("a wait for the beginning looks at the row itself", async () => {
  const { time, hand, wait, own, statusOf, count } = await stage();
  const nos = await own("i");
  const started = wait("i", { until: "started" });
  await time.advance(10_000);
  assert.equal(count.of("readEnded"), 0);
  await hand.commit({ updates: [update(nos.get("i")!, 0)] });
  await time.advance(260);
  assert.equal(statusOf(started), "Running");
});

test("an instance that ends between the first look and the first answer is not missed", async () => {
  // Looks take 3 ms each, and answers 20 ms.
  const { time, hand, wait, own, statusOf } = await stage({
    around: (real, clock) => ({
      ...real,
      readInstances: async (ids, payloads) => {
        const rows = await real.readInstances(ids, payloads);
        await clock.sleep(3);
        return rows;
      },
      readEnded: async (since) => {
        await clock.sleep(10);
        const answer = await real.readEnded(since);
        await clock.sleep(10);
        return answer;
      },
    }),
  });
  const ids = Array.from({ length: 60 }, (_, index) => `i${index}`);
  const nos = await own(...ids);
  for (const [ms, id] of ids.entries()) {
    const one = wait(id);
    await time.advance(ms);
    await hand.commit({ updates: [ending(nos.get(id)!, 0)] });
    const ended = time.monotonicMs();
    await time.advance(300);
    assert.equal(statusOf(one), "Completed", `ended after ${ms} ms`);
    assert.ok(one.at - ended < 300);
  }
});

/** A store whose reads fail while `mood.error` is set. */
const moody = (mood: { error: Error | null }) => ({
  around: (real: Store): Store => ({
    ...real,
    readInstances: (ids, payloads) => (mood.error === null ? real.readInstances(ids, payloads) : Promise.reject(mood.error)),
    readEnded: (since) => (mood.error === null ? real.readEnded(since) : Promise.reject(mood.error)),
  }),
});

test("time, a signal and the end of the hub end a wait", async () => {
  const { time, waits, wait, own } = await stage();
  await own("i");
  const abort = new AbortController();
  const [timed, aborted, alreadyAborted] = [
    wait("i", { timeoutMs: 1_000 }),
    wait("i", { signal: abort.signal }),
    wait("i", { signal: AbortSignal.abort() }),
  ];
  await time.advance(1_001);
  assert.deepEqual([timed.value, alreadyAborted.value, aborted.value], ["over", "over", undefined]);
  abort.abort();
  await time.advance(1);
  assert.equal(aborted.value, "over");
  const closed = wait("i");
  await time.advance(10);
  waits.close();
  await time.advance(1);
  assert.equal(closed.value, "over");
});

for (const [what, error] of [
  ["cut connections", fault("STORE_UNAVAILABLE", "Connection terminated unexpectedly")],
  ["a statement that took too long", new StoreRefusalError({ kind: "busy", detail: "canceling statement due to statement timeout" })],
  ["an error without a kind", new Error("away")],
] as const) {
  test(`a wait bears reads that fail by ${what}, for as long as calls may take, and is answered when the store is back`, async () => {
    const mood: { error: Error | null } = { error: null };
    const { time, hand, wait, own, statusOf, count } = await stage(moody(mood));
    const nos = await own("i", "j");
    const [begun, gone] = [wait("i"), wait("unknown")];
    await time.advance(10);
    assert.equal(gone.value, null);
    mood.error = error;
    const [later, started, timed] = [wait("i"), wait("i", { until: "started" }), wait("i", { timeoutMs: 5_000 })];
    const before = count.of("readInstances") + count.of("readEnded");
    await time.advance(14_000);
    for (const one of [begun, later, started]) assert.deepEqual([one.value, one.error], [undefined, undefined]);
    assert.equal(timed.value, "over");
    assert.equal(count.of("readInstances") + count.of("readEnded"), before, "they failed");
    await hand.commit({ updates: [ending(nos.get("i")!, 0)] });
    mood.error = null;
    await time.advance(1_000);
    assert.deepEqual([begun, later, started].map(statusOf), ["Completed", "Completed", "Completed"]);
    // A failure of before is forgotten: the next trouble has its whole time again.
    const next = wait("j");
    await time.advance(2_000);
    mood.error = error;
    await time.advance(14_000);
    assert.equal(next.error, undefined);
    await time.advance(3_000);
    assert.equal(next.error, error);
  });
}

test("a wait that meets what will not pass fails at once", async () => {
  const mood: { error: Error | null } = { error: null };
  const { time, wait, own } = await stage(moody(mood));
  await own("i");
  for (const error of [fault("STORE_OTHER_RELEASE", "tables", "2"), new StoreRefusalError({ kind: "refusedData", detail: "bad bytes" })]) {
    mood.error = error;
    const one = wait("i");
    await time.advance(10);
    assert.equal(one.error, error);
  }
});

test("a store that never answers fails a wait when a call would have taken too long", async () => {
  let isSilent = false;
  const { time, wait, own } = await stage({
    around: (real) => ({
      ...real,
      readInstances: (ids, payloads) => (isSilent ? new Promise(() => {}) : real.readInstances(ids, payloads)),
      readEnded: (since) => (isSilent ? new Promise(() => {}) : real.readEnded(since)),
    }),
  });
  await own("i");
  isSilent = true;
  const one = wait("i");
  await time.advance(14_000);
  assert.equal(one.error, undefined);
  await time.advance(1_100);
  assert.match(String(one.error), /no answer has come/);
});
