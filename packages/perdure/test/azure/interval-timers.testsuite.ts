import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { intervalTimer } from "../../src/azure/guest/interval-timer.ts";
import { INTERVAL_TIMER, intervalSpecs } from "../../src/azure/interval-timers.ts";
import { createScheduleClient, defineSchedules } from "../../src/client/schedules.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { timer } from "../../src/functions/schedule.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { loadCron } from "../../src/schedules/cron.ts";
import { scheduler } from "../../src/schedules/scheduler.ts";
import type { DueRun } from "../../src/schedules/spec.ts";
import { scheduleActivity } from "../../src/schedules/spec.ts";
import type { StoreKind } from "../../src/testing/simulation/world.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

/** A fifth of a minute: "00:01:00" are five. */
const TICK_MS = 12_000;
const NAME = "Often";

interface Run extends DueRun {
  readonly node: number;
  /** Ticks since the fleet began. */
  readonly at: number;
}

/** Workers that offer one timer whose schedule is a TimeSpan. */
class Rig implements AsyncDisposable {
  readonly fleet: TestFleet;
  readonly runs: Run[];
  readonly #began: () => number;

  private constructor(fleet: TestFleet, runs: Run[], began: () => number) {
    this.fleet = fleet;
    this.runs = runs;
    this.#began = began;
  }

  static async open(store: StoreKind, keepCursors: boolean, takesMs: () => number = () => 0): Promise<Rig> {
    const runs: Run[] = [];
    let now = () => 0;
    let began = 0;
    const functions = ({ node, sleep }: { readonly node: number; readonly sleep: (ms: number) => Promise<void> }) => {
      const registry = new FunctionRegistry();
      for (const one of [intervalTimer, scheduler]) registry.addBuiltIn("orchestrator", one);
      const run = async (due: unknown) => {
        runs.push({ ...(due as DueRun), node, at: Math.round(((now() - began) / TICK_MS) * 100) / 100 });
        await sleep(takesMs());
        return { started: null, skipped: null };
      };
      registry.addBuiltIn("activity", { name: scheduleActivity(NAME), retry: null, timeoutMs: null, input: null, output: null, run });
      registries.push(registry);
      return [];
    };
    const registries: FunctionRegistry[] = [];
    const fleet = await TestFleet.open(2, {
      store,
      functions,
      settings: { keepCursors },
      executor: (_, time) => createNativeExecutor({ functions: registries.at(-1) as FunctionRegistry, scheduler: time }),
    });
    now = fleet.sim.calendar.now;
    began = now();
    return new Rig(fleet, runs, () => began);
  }

  get ticks(): readonly number[] {
    return this.runs.map(({ at }) => Math.round(at));
  }

  /** Since the fleet began. */
  tickOf(ms: number | undefined): number {
    return ((ms ?? 0) - this.#began()) / TICK_MS;
  }

  schedules(node: number) {
    return createScheduleClient({ client: this.fleet.client(node), codec: jsonCodec });
  }

  async define(node: number, schedule: string, useMonitor = true): Promise<void> {
    const specs = intervalSpecs([{ kind: "timer", name: NAME, schedule, runOnStartup: false, useMonitor }]);
    await this.#during(defineSchedules({ client: this.fleet.client(node), codec: jsonCodec }, specs, INTERVAL_TIMER));
  }

  /** Calls of the client take time, which stands still here. */
  async #during<T>(call: Promise<T>): Promise<T> {
    await this.fleet.advance(20);
    return call;
  }

  async tell(what: "pause" | "resume" | "trigger", node = 0): Promise<void> {
    await this.#during(this.schedules(node)[what](NAME));
  }

  pass(ticks: number): Promise<void> {
    return this.fleet.advance(ticks * TICK_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
  }
}

export function intervalTimers(store: StoreKind, keepCursors: boolean): void {
  describe(`timers by a TimeSpan on ${store}, cursors ${keepCursors ? "kept" : "dropped"}`, () => {
    test("each run is once over all workers, one interval after the last, without drift and without a growing history", async () => {
      await using rig = await Rig.open(store, keepCursors);
      await Promise.all([rig.define(0, "00:01:00"), rig.define(1, "00:01:00")]);
      await rig.pass(61);
      assert.deepEqual(rig.ticks, [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]);
      assert.ok(rig.runs.every(({ isPastDue }) => !isPastDue));
      for (const [index, run] of rig.runs.entries()) assert.equal(run.last, rig.runs[index - 1]?.scheduledFor ?? null);
      const history = await rig.fleet.client(0).getHistory("@@schedule:often");
      assert.ok((history?.length ?? 0) < 10);
      const [listed] = await rig.schedules(1).list();
      assert.deepEqual([listed?.cron, listed?.state, rig.tickOf(listed?.next?.getTime()) | 0], ["00:01:00", "active", 65]);
    });

    test("a run that takes longer than the interval is followed by the next one at once, and never beside it", async () => {
      await using rig = await Rig.open(store, keepCursors, () => (rig.runs.length === 1 ? 7 * TICK_MS : 0));
      await rig.define(0, "00:01:00");
      await rig.pass(23);
      assert.deepEqual(rig.ticks, [5, 12, 17, 22]);
    });

    test("after a downtime one run makes up for all, and another interval counts from the last run; unmonitored, none does", async () => {
      await using rig = await Rig.open(store, keepCursors);
      await rig.define(0, "00:01:00");
      await rig.pass(6);
      rig.fleet.kill(0);
      rig.fleet.kill(1);
      await rig.pass(24);
      await rig.fleet.join();
      await rig.define(2, "00:01:00");
      await rig.pass(11);
      assert.deepEqual(
        rig.runs.map(({ at, isPastDue }) => [Math.round(at), isPastDue]),
        [
          [5, false],
          [30, true],
          [35, false],
          [40, false],
        ],
      );
      await rig.define(2, "00:02:00", false);
      await rig.pass(10);
      assert.deepEqual(rig.ticks.slice(4), [50]);
      rig.fleet.kill(2);
      await rig.pass(25);
      await rig.fleet.join();
      await rig.pass(11);
      assert.deepEqual(rig.ticks.slice(5).length, 1);
      assert.equal(rig.runs.at(-1)?.isPastDue, false);
    });

    test("pause, resume and trigger; and a schedule that was a pattern before", async () => {
      await using rig = await Rig.open(store, keepCursors);
      const cron = timer(NAME, "* * * * *", () => {}).spec;
      await loadCron([cron]);
      await rig.define(0, "00:01:00");
      await rig.tell("pause");
      await rig.pass(12);
      assert.deepEqual(rig.ticks, []);
      await rig.tell("resume");
      await rig.pass(3);
      await rig.tell("trigger");
      await rig.pass(6);
      assert.deepEqual(rig.ticks, [15, 20]); // the interval counts from the triggered run
      assert.deepEqual(
        rig.runs.map(({ isTriggered }) => isTriggered),
        [true, false],
      );
      await rig.tell("pause");
      const other = defineSchedules({ client: rig.fleet.client(0), codec: jsonCodec }, [cron]);
      await rig.pass(1);
      await other;
      const [replaced] = await rig.schedules(0).list();
      assert.deepEqual([replaced?.cron, replaced?.last?.getTime()], ["* * * * *", rig.runs[1]?.scheduledFor]);
      await rig.define(0, "00:01:00");
      await rig.pass(1);
      const [again] = await rig.schedules(0).list();
      assert.deepEqual([again?.cron, again?.last?.getTime()], ["00:01:00", rig.runs[1]?.scheduledFor]);
    });
  });
}
