import type { InspectedQueue } from "../client/inspect/fleet-types.ts";
import type { InspectedCounts, Inspector } from "../client/inspect/types.ts";
import { FleetMemory } from "./fleet-memory.ts";
import type { Check, Queue, Rates, Tick, WorkerInfo, WorkerList } from "./wire.ts";

/** Not told by workers. */
const UNKNOWN = { renewedAt: null, note: null } as const;

/** What is shown of workers and lines. */
export class Fleet {
  readonly #inspector: Inspector;
  readonly #now: () => number;
  readonly #memory = new FleetMemory();

  constructor(inspector: Inspector, now: () => number) {
    this.#inspector = inspector;
    this.#now = now;
  }

  async tick(): Promise<Tick> {
    const now = this.#now();
    const isDue = this.#memory.isDue(now);
    const [counts, workers, rates, queue] = await Promise.all([
      this.#inspector.counts(),
      this.#workers(),
      this.#rates(),
      isDue ? this.#inspector.queue() : null,
    ]);
    if (queue !== null) this.#memory.seen(rates, queue, now);
    return { now, counts, rates, workers };
  }

  async list(): Promise<WorkerList> {
    const { counts, workers, rates } = await this.tick();
    const checks = checksOf(await this.#inspector.queue(), counts);
    return { workers, leaseMs: null, renewMs: null, rates, series: this.#memory.rates, checks };
  }

  async queue(): Promise<Queue> {
    const queue = await this.#inspector.queue();
    const activities = queue.activities.map((line) => ({ ...line, limit: null, series: this.#memory.line(line.name) }));
    return { ...queue, activities, running: { n: queue.running, isExact: true } };
  }

  async #rates(): Promise<Rates> {
    const { unclaimed, ...rates } = await this.#inspector.rates();
    return { ...rates, eventToEpisode: null, unclaimed: unclaimed.n };
  }

  async #workers(): Promise<readonly WorkerInfo[]> {
    const workers = await this.#inspector.workers();
    return this.#memory.withDead(
      workers.map((one) => ({ ...UNKNOWN, ...one })),
      this.#now(),
    );
  }
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
