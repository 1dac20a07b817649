import type { ClientTracing } from "../client/client-tracing.ts";
import type { StoreClient } from "../client/types.ts";
import type { EngineTaps } from "../engine/taps.ts";
import type { Worker } from "../engine/worker.ts";
import type { Executor } from "../model/executor.ts";
import type { Store } from "../store/contract.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { OpenTelemetry, TracedCode } from "../telemetry/traces/open-telemetry.ts";
import type { HubMetrics } from "./metrics/hub-metrics.ts";
import type { HubSettings } from "./options.ts";
import type { HubTraces } from "./traces/hub-traces.ts";

/** The code of what looks on, where it is asked for. */
export interface LoadedObservers {
  readonly metrics: typeof HubMetrics | null;
  readonly traces: { readonly HubTraces: typeof HubTraces; readonly openTelemetry: OpenTelemetry | null } | null;
}

export async function loadObservers({ metrics, traces }: HubSettings): Promise<LoadedObservers> {
  return {
    metrics: metrics ? (await import("./metrics/hub-metrics.ts")).HubMetrics : null,
    traces: traces === null ? null : await loadTraces(),
  };
}

async function loadTraces(): Promise<LoadedObservers["traces"]> {
  const { HubTraces, loadOpenTelemetry } = await import("./traces/hub-traces.ts");
  return { HubTraces, openTelemetry: await loadOpenTelemetry() };
}

export interface ObserversParts {
  readonly settings: HubSettings;
  readonly store: Store;
  readonly client: () => StoreClient;
  readonly worker: () => Worker | null;
  /** Store time, ms since 1970. */
  readonly now: () => number;
}

/** Metrics and traces of one hub: what it was asked for, around what its worker is made of. */
export class Observers {
  readonly metrics: HubMetrics | null;
  readonly #traces: HubTraces | null;
  /** How functions of traced instances run in this process; null: as others. */
  readonly tracedCode: TracedCode | null;

  constructor({ metrics, traces }: LoadedObservers, { settings, store, client, worker, now }: ObserversParts) {
    this.metrics = metrics === null ? null : new metrics({ client, worker, now });
    const { traces: options, log } = settings;
    this.tracedCode = traces?.openTelemetry ?? null;
    this.#traces =
      traces === null || options === null
        ? null
        : new traces.HubTraces({ options, store, now, worker, log, openTelemetry: traces.openTelemetry });
  }

  get tracing(): ClientTracing | null {
    return this.#traces?.client ?? null;
  }

  store(store: Store): Store {
    return this.metrics?.store(store) ?? store;
  }

  log(log: EngineLog): EngineLog {
    return this.#traces?.log(log) ?? log;
  }

  executor(executor: Executor): Executor {
    const measured = this.metrics?.executor(executor) ?? executor;
    return this.#traces?.executor(measured) ?? measured;
  }

  /** Null: nothing looks on. */
  get taps(): EngineTaps | null {
    const all = [this.metrics?.taps, this.#traces?.taps].filter((taps) => taps !== undefined);
    const [first] = all;
    if (first === undefined || all.length === 1) return first ?? null;
    return {
      onRecorded: (recorded) => {
        for (const taps of all) taps.onRecorded(recorded);
      },
      onAttempt: (attempt, result, ranMs) => {
        for (const taps of all) taps.onAttempt(attempt, result, ranMs);
      },
    };
  }

  async close(): Promise<void> {
    this.metrics?.close();
    await this.#traces?.close();
  }
}
