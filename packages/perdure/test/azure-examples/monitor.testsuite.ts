import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import type { Example } from "./testing/example-host.ts";
import { JSON_TYPE } from "./testing/example-host.ts";

interface Look {
  readonly looks: number;
  readonly due: string;
  readonly at: string;
  readonly seen: string;
}

/** Scenario 8: its timer function has started the monitor. */
export function monitorTest(example: () => Example, everyMs: number, wanted: number): void {
  test("monitor: a timer starts it, it looks for ever without drift in a history that does not grow, and stops on request", async () => {
    const { host } = example();
    const monitor = `${host.management}/instances/monitor?showHistory=true`;
    const seen = async () => {
      const { customStatus, historyEvents = [] } = await host.status(monitor);
      assert.ok(historyEvents.length < 10, `${historyEvents.length} events`);
      return customStatus as Look | null;
    };
    const first = await until("a look", seen, 60_000);
    const later = await until(
      "more looks",
      async () => {
        const look = await seen();
        return look !== null && look.looks >= first.looks + wanted ? look : null;
      },
      60_000,
    );
    assert.equal(Date.parse(later.due) - Date.parse(first.due), (later.looks - first.looks) * everyMs);
    for (const { looks, due, at, seen } of [first, later]) {
      assert.ok(Date.parse(at) >= Date.parse(due), `due ${due}, at ${at}`);
      assert.equal(seen, `look ${looks}`);
    }
    const stop = monitor.replace("?", "/raiseEvent/Stop?");
    assert.equal((await fetch(stop, { method: "POST", headers: JSON_TYPE, body: "" })).status, 202);
    const { runtimeStatus, output } = await host.ended(monitor);
    assert.equal(runtimeStatus, "Completed");
    assert.ok(Number(/^stopped after (\d+) looks$/.exec(String(output))?.[1]) >= later.looks, String(output));
  });
}
