import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceId } from "../model/ids.ts";
import type { EndedInstances } from "../store/contract.ts";
import { VirtualTime } from "../testing/virtual-time.ts";
import { Waiters } from "./waiters.ts";

/** Waits on a clock of their own, and the hints of a store in the test's hand. */
function stage() {
  const time = new VirtualTime();
  const listeners = new Set<(ended: EndedInstances) => void>();
  const waiters = new Waiters(time, (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });
  const hint = (ended: EndedInstances = null) => {
    for (const listener of listeners) listener(ended);
  };
  /** When each look came, as long as the wait goes on. */
  const looks = (elsewhere: boolean) => {
    const at: number[] = [];
    const waiter = waiters.wait("i", null, undefined);
    const go = (): Promise<void> =>
      waiter.next(elsewhere).then(() => {
        at.push(time.monotonicMs());
        return go();
      });
    void go();
    return { at, stop: () => waiter.stop() };
  };
  return { time, listeners, hint, looks };
}

test("a wait for what runs in another process looks at once when the store hints, and never more often than every 10 ms", async () => {
  const { time, hint, looks } = stage();
  const { at, stop } = looks(true);
  await time.advance(1_100);
  at.length = 0;
  hint();
  await time.advance(3);
  hint();
  hint();
  await time.advance(50);
  assert.deepEqual(at, [1_100, 1_110]);
  stop();
});

test("a hint that names the instance makes its wait look at once, each time; one that names others does not", async () => {
  const { time, hint, looks } = stage();
  const { at, stop } = looks(true);
  await time.advance(1_100);
  at.length = 0;
  hint([instanceId("other")]);
  await time.advance(3);
  hint([instanceId("other"), instanceId("i")]);
  await time.advance(2);
  hint([instanceId("i")]);
  await time.advance(1);
  assert.deepEqual(at, [1_103, 1_105]);
  stop();
});

test("a wait without a hint looks soon, then less often, then polls", async () => {
  const { time, looks } = stage();
  const { at, stop } = looks(true);
  await time.advance(1_155);
  assert.deepEqual(at.slice(0, 5), [5, 15, 35, 75, 155]);
  assert.ok(at.length >= 8 && at.length <= 10, String(at));
  stop();
});

test("the store's hints are listened to only while somebody waits for what runs in another process", async () => {
  const { time, listeners, looks } = stage();
  const here = looks(false);
  await time.advance(1);
  assert.equal(listeners.size, 0);
  const elsewhere = [looks(true), looks(true)];
  await time.advance(1);
  assert.equal(listeners.size, 1);
  for (const { stop } of elsewhere) stop();
  assert.equal(listeners.size, 0);
  here.stop();
});
