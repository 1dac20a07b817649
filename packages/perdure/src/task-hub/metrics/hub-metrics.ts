import { monitorEventLoopDelay } from "node:perf_hooks";
import type { StoreClient } from "../../client/types.ts";
import type { EngineTaps } from "../../engine/taps.ts";
import type { ActivitiesInHand, Worker } from "../../engine/worker.ts";
import type { Executor } from "../../model/executor.ts";
import { realClock } from "../../process/real-time.ts";
import type { Store } from "../../store/contract.ts";
import type { Counted } from "../../telemetry/metrics/metrics.ts";
import { Metrics } from "../../telemetry/metrics/metrics.ts";
import { prometheusText } from "../../telemetry/metrics/prometheus-text.ts";
import { measuredExecutor } from "./measured-executor.ts";
import { measuredStore } from "./measured-store.ts";
import { RecordedMetrics } from "./recorded-metrics.ts";

/** However many ask, the store is looked at no more often. */
const HUB_EVERY_MS = 10_000;
const NS = 1e9;

export interface HubMetricsParts {
  readonly client: () => StoreClient;
  readonly worker: () => Worker | null;
  /** Store time, ms since 1970. */
  readonly now: () => number;
}

/** What a hub counts while it runs. Made where metrics are asked for; without them nothing is wrapped and nothing is counted. */
export class HubMetrics {
  readonly #metrics = new Metrics();
  readonly #parts: HubMetricsParts;
  readonly #lag = monitorEventLoopDelay({ resolution: 20 });
  readonly taps: EngineTaps = new RecordedMetrics(this.#metrics);
  #hubAt = Number.NEGATIVE_INFINITY;
  /** Names of those that have run or waited. */
  readonly #activities = new Set<string>();
  #others: () => Promise<readonly Counted[]> = async () => [];

  constructor(parts: HubMetricsParts) {
    this.#parts = parts;
    this.#lag.enable();
  }

  store(store: Store): Store {
    return measuredStore(store, this.#metrics, () => realClock.monotonicMs());
  }

  executor(executor: Executor): Executor {
    return measuredExecutor(executor, this.#metrics, () => realClock.monotonicMs());
  }

  /** `route`: of a table, never a path as it came. */
  answered(route: string, code: number, ms: number): void {
    this.#metrics.add("perdure_http_requests_total", [route, String(code)]);
    this.#metrics.observe("perdure_http_request_seconds", [route], ms / 1_000);
  }

  isVersion(version: string): void {
    this.#metrics.set("perdure_build_info", [version], 1);
  }

  /** What the worker processes of this host have counted comes in addition. */
  alsoFrom(others: () => Promise<readonly Counted[]>): void {
    this.#others = others;
  }

  /** What this process has counted, and how it is now. */
  counted(): Counted {
    this.#setOwn();
    return this.#metrics.counted();
  }

  /** What a scrape of this host gets: in the text format of Prometheus. */
  async text(): Promise<string> {
    if (realClock.monotonicMs() - this.#hubAt >= HUB_EVERY_MS) {
      this.#hubAt = realClock.monotonicMs();
      // A store that is away has no numbers: the last ones stay, and the age of a scrape tells the rest.
      await this.#setHub().catch(() => {});
    }
    const all = new Metrics();
    for (const counted of [this.counted(), ...(await this.#others())]) all.merge(counted);
    return prometheusText(all.counted());
  }

  close(): void {
    this.#lag.disable();
  }

  #setOwn(): void {
    const metrics = this.#metrics;
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    metrics.set("process_cpu_seconds_total", [], (user + system) / 1e6);
    metrics.set("process_resident_memory_bytes", [], rss);
    metrics.set("nodejs_heap_used_bytes", [], heapUsed);
    metrics.set("nodejs_eventloop_lag_seconds", [], Number.isNaN(this.#lag.mean) ? 0 : this.#lag.mean / NS);
    this.#lag.reset();
    const worker = this.#parts.worker();
    metrics.set("perdure_owned_instances", [], worker?.owned ?? 0);
    const inHand = worker?.activities() ?? new Map<string, ActivitiesInHand>();
    for (const name of inHand.keys()) this.#activities.add(name);
    for (const [name = ""] of metrics.labels("perdure_activities_total")) this.#activities.add(name);
    for (const name of this.#activities) {
      metrics.set("perdure_activities_running", [name], inHand.get(name)?.running ?? 0);
      metrics.set("perdure_activities_waiting", [name], inHand.get(name)?.waiting ?? 0);
    }
  }

  async #setHub(): Promise<void> {
    const now = this.#parts.now();
    const inspector = this.#parts.client().inspector();
    const [counts, { queue }] = await Promise.all([inspector.counts(), inspector.fleet()]);
    const metrics = this.#metrics;
    metrics.set("perdure_hub_ready_oldest_seconds", [], ageOf(queue.ready, now));
    metrics.set("perdure_hub_tasks_oldest_seconds", [], ageOf(queue.activities, now));
    metrics.set("perdure_hub_tasks_waiting", [], queue.waiting.n);
    const { Pending, Running, Suspended } = counts.open;
    metrics.set("perdure_hub_open_instances", [], Pending.n + Running.n + Suspended.n);
    metrics.set("perdure_hub_stopped_instances", [], counts.stopped.n);
    metrics.set("perdure_hub_workers", [], counts.workers);
  }
}

/** Of the oldest that waits, in seconds; 0: none does. */
function ageOf(lines: readonly { readonly oldest: number | null }[], now: number): number {
  const ages = lines.map(({ oldest }) => (oldest === null ? 0 : Math.max(0, now - oldest)));
  return Math.max(0, ...ages) / 1_000;
}
