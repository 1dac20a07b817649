import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActivityRequest } from "../../model/executor.ts";
import type { DueRun } from "../../schedules/spec.ts";
import { scheduleActivity } from "../../schedules/spec.ts";
import type { Callback } from "./core-types.ts";
import { FunctionLog } from "./function-log.ts";
import { FunctionTable } from "./function-table.ts";
import { FunctionsCore } from "./functions-core.ts";
import { Invoker } from "./invoker.ts";
import { Timers } from "./timers.ts";

const HOURLY = { type: "timerTrigger", direction: "in", schedule: "01:00:00" };
const AGAIN = { retryStrategy: "fixedDelay", maxRetryCount: -1, delayInterval: { seconds: 3_600 } };
const DUE: DueRun = { scheduledFor: 0, isPastDue: false, isTriggered: false, last: null, lastInstanceId: null };

/** A timer whose function is this, and fails for ever; what is left of the programming model when nothing is converted. */
function hourly(callback: Callback): (signal: AbortSignal) => Promise<unknown> {
  const core = new FunctionsCore(() => {});
  const { registerFunction, setProgrammingModel } = core.exports() as { readonly [name: string]: Callback };
  setProgrammingModel?.({
    getInvocationModel: () => ({
      getArguments: async () => ({ context: {}, inputs: [] }),
      invokeFunction: async (_context: object, _inputs: readonly unknown[], run: Callback) => await run(),
      getResponse: async () => ({}),
    }),
    getCapabilities: async () => ({}),
  });
  registerFunction?.({ name: "Hourly", bindings: { timer: HOURLY }, retryOptions: AGAIN }, callback);
  const table = new FunctionTable(core.functions, { variables: {}, leftOut: () => null, streamed: false });
  const log = new FunctionLog({ default: "None" }, () => {});
  const invoker = new Invoker({ core, log, client: () => "{}", bindings: null, timeoutMs: null });
  const timers = new Timers({ table, invoker, log, timeZone: undefined });
  const request = { name: scheduleActivity("Hourly"), input: JSON.stringify(DUE), instanceId: "Hourly" } as ActivityRequest;
  return (signal) => timers.run(request, signal);
}

for (const [when, stopsFirst] of [
  ["while an attempt runs", true],
  ["between two attempts", false],
] as const) {
  test(`a timer that is to stop ${when} has no other one`, async () => {
    const stop = new AbortController();
    let attempts = 0;
    const run = hourly(() => {
      attempts += 1;
      if (stopsFirst) stop.abort();
      else setImmediate(() => stop.abort());
      throw new Error("on purpose");
    });
    await assert.rejects(run(stop.signal), { name: "AbortError" });
    assert.equal(attempts, 1);
  });
}
