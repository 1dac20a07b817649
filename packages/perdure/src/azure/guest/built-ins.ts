import type { GuestSetup } from "../../app-threads/guest.ts";
import { httpActivity } from "../../durable-http/http-activity.ts";
import { createNativeExecutor } from "../../executors/native-executor.ts";
import { parseHubHttp } from "../../functions/http-calls.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import type { Executor } from "../../model/executor.ts";
import { jsonCodec } from "../../model/payload.ts";
import { realScheduler } from "../../process/real-time.ts";
import { scheduler } from "../../schedules/scheduler.ts";
import { scheduleActivity } from "../../schedules/spec.ts";
import { intervalTimer } from "./interval-timer.ts";
import type { Timers } from "./timers.ts";

export interface BuiltIns {
  readonly registry: FunctionRegistry;
  readonly executor: Executor;
}

/**
 * What Perdure itself runs for an Azure app: requests of `callHttp`, and the orchestration behind timers. On Azure an app may call whatever its network reaches, so it
 * may here.
 */
export function builtIns(timers: Pick<Timers, "schedules" | "intervals">, { maxPayloadBytes, maxJsonDepth }: GuestSetup): BuiltIns {
  const registry = new FunctionRegistry(timers.schedules);
  addTimers(registry, timers);
  const settings = parseHubHttp({ privateNetworks: true }, "http");
  registry.addBuiltIn("activity", httpActivity({ settings, maxPayloadBytes, now: () => Date.now() }));
  const executor = createNativeExecutor({
    ...{ functions: registry, codec: jsonCodec, scheduler: realScheduler(true), client: () => undefined, maxPayloadBytes, maxJsonDepth },
    log: () => {}, // its orchestration and its requests say nothing
  });
  return { registry, executor };
}

/**
 * The activities of those that have a TimeSpan are offered here, and run where all activities of the app are. Where there is one kind of timers, the orchestrations of
 * the other are offered too: a timer may have been of that kind before, and only a worker that offers it can end it.
 */
function addTimers(registry: FunctionRegistry, { schedules, intervals }: Pick<Timers, "schedules" | "intervals">): void {
  if (schedules.length + intervals.length === 0) return;
  registry.addBuiltIn("orchestrator", intervalTimer);
  if (schedules.length === 0) registry.addBuiltIn("orchestrator", scheduler);
  for (const { name } of intervals) {
    registry.addBuiltIn("activity", {
      name: scheduleActivity(name),
      retry: null,
      timeoutMs: null,
      input: null,
      output: null,
      run: neverHere,
    });
  }
}

function neverHere(): never {
  throw new TypeError("A timer function was run by the executor of what is part of Perdure.");
}
