import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor } from "../../src/model/executor.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

for (const end of ["stop", "kill"] as const)
  test(`an executor that outlives its worker (${end}) keeps no listener of it`, async () => {
    const listeners = new Set<() => void>();
    const counted = (stop: () => void) => {
      listeners.add(stop);
      return () => {
        listeners.delete(stop);
        stop();
      };
    };
    const executor = (native: Executor) =>
      wrapExecutor(native, {
        onHeartbeat: (listener) => counted(native.onHeartbeat(listener)),
        onOffer: (listener) => counted(native.onOffer(listener)),
      });
    const fleet = await TestFleet.open(1, { store: "memory", functions: () => [], executor });
    await using _ = fleet;
    assert.equal(listeners.size, 2);
    const ended = fleet.processes[0]?.worker[end]();
    await fleet.advance(5_000);
    await ended;
    assert.equal(listeners.size, 0);
  });
