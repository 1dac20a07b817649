import assert from "node:assert/strict";
import { test } from "node:test";
import { entity } from "perdure";
import type { Executor } from "../../src/model/executor.ts";
import type { InstanceId } from "../../src/model/ids.ts";
import type { Store } from "../../src/store/contract.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";
import { idOf } from "./testing/accounts.ts";
import { signal, stateOf } from "./testing/signals.ts";

/** How often an operation was begun, in all processes of a test. */
const account = (begun: Map<string, number>) => (place: Place) => [
  entity(
    "Account",
    {
      initialState: () => 0,
      operations: {
        add: (context, amount: number) => {
          context.state += amount;
        },
        tells: async (context, what: string) => {
          begun.set(what, (begun.get(what) ?? 0) + 1);
          await place.sleep(10);
          context.state += 1;
        },
        hangs: () => new Promise<void>(() => {}),
      },
    },
    { timeout: "3s" },
  ),
];

test("3,000 signals behind an operation that never settles: it times out, each of them is applied, and none of it is history", async () => {
  await using fleet = await TestFleet.open(1, { store: "memory", functions: account(new Map()) });
  void signal(fleet, 0, idOf("a"), { operation: "hangs" });
  void signal(fleet, 0, idOf("b"), { operation: "add", input: 1 });
  await fleet.advance(100);
  const sent = Array.from({ length: 3_000 }, () => signal(fleet, 0, idOf("a"), { operation: "add", input: 1 }));
  await fleet.advance(1_000);
  await Promise.all(sent);
  assert.deepEqual([await stateOf(fleet, idOf("a")), await stateOf(fleet, idOf("b"))], [null, 1]);
  await fleet.advance(5_000);
  assert.equal(await stateOf(fleet, idOf("a")), 3_000);
  const { history } = await fleet.sim.store.dump();
  assert.equal(history.length, 0);
  const [row] = await fleet.sim.store.readInstances([idOf("a")]);
  assert.match(row?.customStatus ?? "", /hangs.*did not finish within 3000 ms/);
});

test("3,000 signals to 1,000 new entities while workers drain and die: every effect once", async () => {
  const settings = { leaseMs: 2_000, renewEveryMs: 500, drainMs: 200, idleReleaseMs: 500 };
  await using fleet = await TestFleet.open(3, { store: "memory", functions: account(new Map()), settings });
  const applied = new Map<InstanceId, number>();
  const send = async (round: number) => {
    const node = fleet.processes.length - 1;
    const sent = Array.from({ length: 1_000 }, (_, at) => {
      const id = idOf(`${at}`);
      return signal(fleet, node, id, { operation: "add", input: 10 ** round }).then(() => {
        applied.set(id, (applied.get(id) ?? 0) + 10 ** round);
      });
    });
    await fleet.advance(60);
    if (round === 0) fleet.kill(0);
    if (round === 1) void fleet.processes[1]?.worker.stop();
    await fleet.advance(400);
    await Promise.all(sent);
    await fleet.join();
  };
  for (const round of [0, 1, 2]) await send(round);
  await fleet.advance(10_000);
  const states = await Promise.all([...applied.keys()].map((id) => stateOf(fleet, id)));
  assert.equal(states.length, 1_000);
  assert.deepEqual([...new Set(states)], [111]);
});

test("what may touch the world begins only when its cause and the state that it sees are durable", async () => {
  const begun = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let isHeldUp = false;
  await using fleet = await TestFleet.open(1, {
    store: "memory",
    functions: account(begun),
    between: (store) =>
      interceptStore(store, async (method, call) => {
        if (method === "commit" && isHeldUp) await new Promise<void>((resolve) => void waiting.push(resolve));
        return call();
      }),
  });
  void signal(fleet, 0, idOf("a"), { operation: "tells", input: "first" });
  await fleet.advance(100);
  isHeldUp = true;
  void signal(fleet, 0, idOf("a"), { operation: "add", input: 5 });
  await fleet.advance(20);
  void signal(fleet, 0, idOf("a"), { operation: "tells", input: "second" });
  await fleet.advance(5_000);
  assert.deepEqual([...begun], [["first", 1]]);
  isHeldUp = false;
  for (const go of waiting) go();
  await fleet.advance(200);
  assert.deepEqual(
    [...begun],
    [
      ["first", 1],
      ["second", 1],
    ],
  );
  assert.equal(await stateOf(fleet, idOf("a")), 7);
});

test("a worker that takes any orchestrator takes no entities by that; one that takes any entity does", async () => {
  const begun: ChangingExecutor[] = [];
  const executor = (native: Executor) => {
    const any = begun.length === 0 ? { orchestrator: { any: true }, entity: { names: [] } } : { entity: { names: [], any: true } };
    const changing = new ChangingExecutor(native, any);
    begun.push(changing);
    return changing;
  };
  await using fleet = await TestFleet.open(1, { store: "memory", functions: account(new Map()), executor });
  void signal(fleet, 0, idOf("a"), { operation: "add", input: 1 });
  await fleet.advance(2_000);
  assert.equal(await stateOf(fleet, idOf("a")), null);
  await fleet.join();
  await fleet.advance(5_000);
  assert.equal(await stateOf(fleet, idOf("a")), 1);
});

test("while the executor has no place for another entity, clients are answered", async () => {
  const executor = (native: Executor) => new ChangingExecutor(native, { entity: { capacity: 1 } });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: account(new Map()), executor });
  void signal(fleet, 0, idOf("b"), { operation: "add", input: 1 });
  await fleet.advance(50);
  void signal(fleet, 0, idOf("a"), { operation: "hangs" });
  await fleet.advance(50);
  const sent = [1, 2].map((input) => signal(fleet, 0, idOf("b"), { operation: "add", input }));
  await fleet.advance(50);
  await Promise.all(sent);
  assert.equal(await stateOf(fleet, idOf("b")), 1, "it waits for the place");
  await fleet.advance(3_500);
  assert.equal(await stateOf(fleet, idOf("b")), 4);
});

test("what waits for a busy entity is not read from the store again with each message that comes", async () => {
  let rows = 0;
  const between = (store: Store): Store => ({
    ...interceptStore(store, (_method, call) => call()),
    look: async (params) => {
      const seen = await store.look(params);
      rows += seen.mail.length;
      return seen;
    },
  });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: account(new Map()), between });
  void signal(fleet, 0, idOf("a"), { operation: "hangs" });
  await fleet.advance(100);
  for (let i = 0; i < 600; i++) void signal(fleet, 0, idOf("a"), { operation: "add", input: 1 });
  await fleet.advance(100);
  rows = 0;
  for (let i = 0; i < 200; i++) {
    void signal(fleet, 0, idOf("a"), { operation: "add", input: 1 });
    await fleet.advance(1);
  }
  assert.ok(rows < 1_000, `${rows} rows read`);
  await fleet.advance(4_000);
  assert.equal(await stateOf(fleet, idOf("a")), 800);
});

test("while much waits in memory that each look reads again, looks take a part of the time", async () => {
  await using fleet = await TestFleet.open(1, { store: "memory", functions: account(new Map()) });
  const keys = Array.from({ length: 20 }, (_, at) => idOf(`${at}`));
  for (const to of keys) void signal(fleet, 0, to, { operation: "hangs" });
  await fleet.advance(100);
  for (const to of keys) for (let i = 0; i < 90; i++) void signal(fleet, 0, to, { operation: "add", input: 1 });
  await fleet.advance(100);
  const before = fleet.calls.get("look") ?? 0;
  for (let i = 0; i < 200; i++) {
    void signal(fleet, 0, idOf("other"), { operation: "add", input: 1 });
    await fleet.advance(1);
  }
  const looks = (fleet.calls.get("look") ?? 0) - before;
  assert.ok(looks > 5 && looks < 50, `${looks} looks of 1 ms each within 200 ms`);
  await fleet.advance(500);
  assert.equal(await stateOf(fleet, idOf("other")), 200);
});
