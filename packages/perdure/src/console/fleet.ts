import type { InspectedFleet, InspectedQueue } from "../client/inspect/fleet-types.ts";
import { Recent } from "../client/inspect/recent.ts";
import type { InspectedCounts, Inspector } from "../client/inspect/types.ts";
import type { Clock } from "../process/clock.ts";
import { FleetMemory } from "./fleet-memory.ts";
import type { Check, Queue, Rates, Tick, WorkerInfo, WorkerList } from "./wire.ts";

/** Pages that open together, and the parts of one page, ask for the same: that is one look at the store. */
const SHARED_MS = 1_000;

export interface FleetParts {
  readonly inspector: Pick<Inspector, "counts" | "fleet">;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Store time. */
  readonly now: () => number;
}

/** What is shown of workers and lines, and how many instances there are. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #memory = new FleetMemory();
  readonly #counts: Recent<InspectedCounts>;
  readonly #fleet: Recent<InspectedFleet>;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#counts = new Recent(parts.clock, SHARED_MS);
    this.#fleet = new Recent(parts.clock, SHARED_MS);
  }

  counts(): Promise<InspectedCounts> {
    return this.#counts.read("", () => this.#parts.inspector.counts());
  }

  async tick(): Promise<Tick> {
    return (await this.#look()).tick;
  }

  async list(): Promise<WorkerList> {
    const { tick, queue } = await this.#look();
    const { counts, workers, rates } = tick;
    return { workers, lease: leaseOf(workers), rates, series: this.#memory.rates, checks: checksOf(queue, counts) };
  }

  async queue(): Promise<Queue> {
    const { queue } = await this.#workers();
    const activities = queue.activities.map((line) => ({ ...line, series: this.#memory.line(line.name) }));
    return { ...queue, activities, running: { n: queue.running, isExact: true } };
  }

  #workers(): Promise<InspectedFleet> {
    return this.#fleet.read("", () => this.#parts.inspector.fleet());
  }

  async #look(): Promise<{ readonly tick: Tick; readonly queue: InspectedQueue }> {
    const now = this.#parts.now();
    const [counts, fleet] = await Promise.all([this.counts(), this.#workers()]);
    const { unclaimed, ...told } = fleet.rates;
    const rates: Rates = { ...told, unclaimed: unclaimed.n };
    const workers = this.#memory.withDead(fleet.workers, now);
    if (this.#memory.isDue(now)) this.#memory.seen(rates, fleet.queue, now);
    return { tick: { now, counts, rates, workers }, queue: fleet.queue };
  }
}

function leaseOf(workers: readonly WorkerInfo[]): WorkerInfo["lease"] {
  const [first = null, ...rest] = workers.flatMap(({ state, lease }) => (state === "dead" || lease === null ? [] : lease));
  return rest.every(({ ms, everyMs }) => ms === first?.ms && everyMs === first.everyMs) ? first : null;
}

/** What a person should know of, and that all else is well. */
function checksOf({ activities, ready }: InspectedQueue, { stopped }: InspectedCounts): readonly Check[] {
  const lines = [...activities.map((line) => ({ ...line, kind: "activity" as const })), ...ready].filter(
    ({ outlook }) => outlook === "stuck",
  );
  const missing = lines.map(({ kind, name, why, outlook }) => ({
    text: `${kind} ${name}: ${why ?? "it does not move"}`,
    outlook,
    filter: kind === "orchestrator" ? { name, open: true } : null,
  }));
  const offered: Check = { text: "Every function that work waits for is offered by a live worker", outlook: "fine", filter: null };
  const count = stopped.isExact ? `${stopped.n}` : `more than ${stopped.n}`;
  const stops: Check =
    stopped.n === 0
      ? { text: "No instance is stopped", outlook: "fine", filter: null }
      : { text: `Stopped until a person or other code comes: ${count}`, outlook: "attention", filter: { stopped: true } };
  return [...(missing.length === 0 ? [offered] : missing), stops];
}
