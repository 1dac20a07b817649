import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, failure } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";
import { PROGRAMS } from "./order-programs.testsuite.ts";

/** The traces of all runs of a program, one for each call of its function. */
const traces: unknown[][] = [];

const functions = new FunctionRegistry(
  Object.entries(PROGRAMS).map(([name, program]) =>
    orchestrator(name, async (ctx): Promise<unknown> => {
      const trace: unknown[] = [];
      traces.push(trace);
      return [await program(ctx, (text) => trace.push(text)), trace.length];
    }),
  ),
);

let uninstall = (): void => {};
let churning = true;

before(() => {
  uninstall = installDeterministicGlobals();
  churn();
});
after(() => {
  churning = false;
  uninstall();
});

/** Foreign work in the same loop: promises, ticks, immediates. */
function churn(): void {
  if (!churning) return;
  void (async () => {
    for (let i = 0; i < 20; i++) await null;
    process.nextTick(() => Promise.resolve().then(() => {}));
  })();
  setImmediate(churn);
}

interface Plan {
  readonly picks: readonly number[];
  readonly failPercent: number;
  readonly evictPercent: number;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  picks: fc.array(fc.nat(999_999), { minLength: 20, maxLength: 60 }),
  failPercent: fc.constantFrom(0, 10, 50),
  evictPercent: fc.constantFrom(0, 20, 100),
});

/** Ids that something can still happen to. */
function openIds(driver: EpisodeDriver): number[] {
  const open = new Set<number>();
  for (const event of driver.history) {
    if (event.kind === "TaskScheduled" || event.kind === "TimerCreated") open.add(event.id);
    else if (event.kind === "SubOrchestrationInstanceCreated" && !event.fireAndForget) open.add(event.id);
    else if (event.kind === "TimerCanceled" || event.kind === "TimerFired") open.delete(event.timerId);
    else if ("taskId" in event) open.delete(event.taskId);
  }
  return [...open];
}

async function play(name: string, plan: Plan): Promise<void> {
  const executor = createNativeExecutor({ functions });
  const driver = new EpisodeDriver(executor, { name });
  let at = 0;
  const pick = (below: number): number => (plan.picks[at++ % plan.picks.length] ?? 0) % below;
  await driver.start();
  while (driver.outcome === null && at < 400) {
    const open = openIds(driver);
    for (let count = 1 + pick(3); count > 0 && open.length > 0; count--) {
      const [id] = open.splice(pick(open.length), 1);
      deliver(driver, id ?? 0, pick(100) < plan.failPercent, pick(4) === 0);
    }
    if (name === "events" && pick(3) === 0) driver.raised("gO", at);
    driver.after(pick(2_000));
    if (pick(100) < plan.evictPercent) driver.evict();
    if (pick(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    await driver.episode();
  }
  const live = traces.at(-1);
  await driver.assertReplays(functions);
  assert.deepEqual(traces.at(-1), live);
  traces.length = 0;
}

function deliver(driver: EpisodeDriver, id: number, fails: boolean, later: boolean): void {
  const isTimer = driver.history.some((event) => event.kind === "TimerCreated" && event.id === id);
  if (isTimer) driver.fired(id);
  else if (fails) driver.failed(id, failure(`failure of ${id}`), later ? id : undefined);
  else driver.completed(id, `value of ${id}`);
}

for (const name of Object.keys(PROGRAMS)) {
  test(`live order equals replay order: ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(plans, (plan) => play(name, plan)),
      { numRuns: 40 },
    );
  });
}
