import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Store } from "../../../src/store/contract.ts";
import { HOUR, Machine, NOON } from "../../../src/stores/machine.testsuite.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import { GREATEST_SLEW } from "../../../src/stores/steady-time.ts";
import type { LogEntry } from "../../../src/telemetry/engine-log.ts";
import { checkDump } from "../../../src/testing/invariants/check-dump.ts";
import { Hand, spec } from "../../../src/testing/store-conformance/hub.ts";
import { temporaryFolder } from "./fixture.testsuite.ts";

const folder = temporaryFolder();
after(() => folder.remove());

/** One machine, on which processes open one file. */
function house(name: string) {
  const machine = new Machine();
  const said: LogEntry[] = [];
  const log = { enabled: () => true, write: (entry: LogEntry) => said.push(entry) };
  const open = () => openSqliteStore({ path: join(folder.path, `${name}.db`), thread: "inline", clocks: machine, log });
  return { machine, said, open };
}

const joined = async (store: Store) =>
  (await store.join({ leaseMs: 9_000, functions: { orchestrator: [], activity: [], entity: [] }, host: "h" })).now;
const isNear = (now: number, expected: number) => assert.ok(Math.abs(now - expected) <= 3, `${now - expected} ms off`);

test("a file's time does not jump with the system clock, and its processes share it: those too that start after the step", async () => {
  const { machine, said, open } = house("shared");
  const first = await open();
  const a = await Hand.join(first, {});
  const second = await open();
  const b = await Hand.join(second, {});
  const renewed = async (hand: Hand) => (await hand.store.renew({ worker: hand.worker, fence: hand.fence, leaseMs: 9_000 })).now;
  for (const step of [HOUR, -24 * HOUR, 23 * HOUR]) {
    machine.setClock(step);
    isNear(await renewed(a), machine.truth);
    isNear(await renewed(b), machine.truth);
    const third = await open();
    isNear(await joined(third), machine.truth);
    await third.close();
    machine.run(100);
  }
  assert.deepEqual(
    said.filter(({ fields }) => fields.stepMs === HOUR).map(({ level, event }) => `${level} ${event}`),
    ["warn store.clock", "warn store.clock"],
  );
  await first.close();
  await second.close();
});

test("a killed process is followed by one that continues its time; after a minute without a process the clock is asked again", async () => {
  const { machine, open } = house("restart");
  const killed = await Hand.join(await open(), {});
  await killed.commit({});
  machine.run(20_000);
  machine.setClock(HOUR);
  const second = await open();
  isNear(await joined(second), NOON + 20_000);
  await second.close();
  machine.run(90_000);
  const third = await open();
  isNear(await joined(third), NOON + 110_000 + HOUR);
  await third.close();
});

test("what the machine slept counts at the next call", async () => {
  const { machine, open } = house("slept");
  const store = await open();
  const hand = await Hand.join(store, {});
  machine.run(500);
  await hand.commit({});
  machine.sleep(8 * HOUR);
  isNear((await hand.commit({})).now, NOON + 500 + 8 * HOUR);
  await store.close();
});

test("a store whose clock was set back is found whole, while it runs and afterwards, and slows down until the clock is there", async () => {
  const { machine, open } = house("back");
  const store = await open();
  const hand = await Hand.join(store, {});
  await store.start({ start: spec("i"), onExisting: "error" });
  await hand.claim();
  machine.setClock(-24 * HOUR);
  machine.run(1_000);
  const { now } = await hand.commit({});
  isNear(now, NOON + 1_000 * (1 - GREATEST_SLEW));
  assert.deepEqual(checkDump(await store.dump(), { atRest: false }), []);
  await store.close();
  machine.run(30 * HOUR);
  const again = await open();
  const dump = await again.dump();
  assert.deepEqual(checkDump(dump, { atRest: false }), []);
  isNear(dump.now, NOON + 1_000 + 6 * HOUR);
  await again.close();
});

test("a process that has not written for a while sees what another one has recorded in the past, not in the future", async () => {
  const { machine, open } = house("idle");
  const idle = await open();
  const other = await open();
  const hand = await Hand.join(other, {});
  await other.start({ start: spec("i"), onExisting: "error" });
  await joined(idle);
  machine.run(10_000); // what the idle one knows of the time without asking lags 1 % behind by now
  await hand.claim();
  const { now } = await hand.commit({});
  const dump = await idle.dump();
  assert.ok(dump.now >= now, `${now - dump.now} ms behind`);
  await idle.close();
  await other.close();
});
