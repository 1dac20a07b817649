import type { GuestSetup } from "../../app-threads/guest.ts";
import { httpActivity } from "../../durable-http/http-activity.ts";
import { createNativeExecutor } from "../../executors/native-executor.ts";
import { parseHubHttp } from "../../functions/http-calls.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import type { Schedule } from "../../functions/schedule.ts";
import type { Executor } from "../../model/executor.ts";
import { jsonCodec } from "../../model/payload.ts";
import { realScheduler } from "../../process/real-time.ts";

export interface BuiltIns {
  readonly registry: FunctionRegistry;
  readonly executor: Executor;
}

/**
 * What Perdure itself runs for an Azure app: requests of `callHttp`, and the orchestration behind timers. On Azure an app may call whatever its network reaches, so it
 * may here.
 */
export function builtIns(schedules: readonly Schedule[], { maxPayloadBytes, maxJsonDepth }: GuestSetup): BuiltIns {
  const registry = new FunctionRegistry(schedules);
  const settings = parseHubHttp({ privateNetworks: true }, "http");
  registry.addBuiltIn("activity", httpActivity({ settings, maxPayloadBytes, now: () => Date.now() }));
  const executor = createNativeExecutor({
    ...{ functions: registry, codec: jsonCodec, scheduler: realScheduler(true), client: () => undefined, maxPayloadBytes, maxJsonDepth },
    log: () => {}, // its orchestration and its requests say nothing
  });
  return { registry, executor };
}
