import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { StoreKind } from "../../src/testing/simulation/world.ts";
import type { Place } from "./fleet.testsuite.ts";
import { assertShared, countsOf, TestFleet } from "./fleet.testsuite.ts";

/** Runs one after the other in its process, as what needs the processor does; says where it ran. */
export function app(place: Place) {
  let turn: Promise<void> = Promise.resolve();
  const crunch = activity("crunch", (ms: number) => {
    turn = turn.then(() => place.sleep(ms));
    return turn.then(() => place.node);
  });
  const rest = activity("rest", (ms: number) => place.sleep(ms).then(() => place.node));
  const fans = orchestrator("fans", (ctx, { count, of = "crunch", ms = 20 }: { count: number; of?: string; ms?: number }) =>
    Promise.all(Array.from({ length: count }, () => ctx.callActivity(of, ms))),
  );
  const part = orchestrator("part", async (ctx) => [place.node, await ctx.callActivity(crunch, 20)]);
  const crowd = orchestrator("crowd", (ctx, count: number) =>
    Promise.all(Array.from({ length: count }, () => ctx.callSubOrchestrator(part))),
  );
  const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent("Go").then(() => place.node));
  return [crunch, rest, fans, part, crowd, waits];
}

export function fanOutCase(store: StoreKind): void {
  test(`one fan-out uses all workers, ${store}`, async () => {
    await using fleet = await TestFleet.open(3, { store, functions: app });
    await fleet.start(0, "fans", "i", { count: 200 });
    assertShared((await fleet.end("i")) as number[], 3, 0.2);
  });
}

export function placementCases(store: StoreKind): void {
  test(`what one of several workers creates does not all stay there, nor do children, ${store}`, async () => {
    await using fleet = await TestFleet.open(3, { store, functions: app });
    const ids = Array.from({ length: 100 }, (_, n) => `i${n}`);
    await fleet.start(0, "part", ids);
    const ends: number[][] = [];
    for (const id of ids) ends.push((await fleet.end(id)) as number[]);
    assertShared(
      ends.map(([owner]) => owner ?? 9),
      3,
    );
    await fleet.start(1, "crowd", "parent", 100);
    const children = (await fleet.end("parent")) as number[][];
    assertShared(
      children.map(([owner]) => owner ?? 9),
      3,
    );
    assertShared(
      children.map(([, runner]) => runner ?? 9),
      3,
    );
  });

  test(`a little work stays where it was made, ${store}`, async () => {
    await using fleet = await TestFleet.open(3, { store, functions: app });
    await fleet.start(1, "fans", "i", { count: 8 });
    assert.deepEqual(countsOf((await fleet.end("i")) as number[], 3), [0, 8, 0]);
    assert.deepEqual(
      fleet.commits.flatMap(({ newTasks }) => newTasks),
      [],
    );
  });
}

/** When the other worker looks, counted from when the first does, and when that dies after a renewal, ms. */
export function takeoverCase(aparts: readonly number[], laters: readonly number[]): void {
  test("case 17: what a dead worker had is taken over within lease, renewal interval and one second, whenever it dies and others look", async () => {
    const LEASE_MS = 10_000;
    const RENEW_MS = 3_000;
    for (const apart of aparts) {
      for (const later of laters) {
        await using fleet = await TestFleet.open(1, { store: "memory", functions: app });
        const rowOf = async () => (await fleet.sim.store.readWorkers()).workers.find(({ host }) => host === "node-1");
        await fleet.advance(apart);
        await fleet.join();
        await fleet.advance(2 * LEASE_MS);
        const { renewals } = (await rowOf()) ?? {};
        while ((await rowOf())?.renewals === renewals) await fleet.advance(10);
        await fleet.advance(later);
        fleet.kill(1);
        const died = fleet.sim.world.monotonicMs();
        while ((await rowOf()) !== undefined) await fleet.advance(10);
        const taken = fleet.sim.world.monotonicMs() - died;
        assert.ok(taken <= LEASE_MS + RENEW_MS + 1_000, `killed ${later} ms after a renewal, looked at ${apart} ms apart: ${taken} ms`);
      }
    }
  });
}
