import type { InspectedQueue } from "../client/inspect/fleet-types.ts";
import type { QueueLine, RatePoint, Rates, WorkerInfo } from "./wire.ts";

const HOUR_MS = 3_600_000;
/** Between two points of a line over an hour. */
const STEP_MS = 30_000;
const MOST_NAMES = 200;

type Point = QueueLine["series"][number];

/** What this host has seen of workers and lines while a page was open: the store keeps no past of them, and a dead worker's row goes when another has taken over. */
export class FleetMemory {
  readonly #dead = new Map<number, WorkerInfo>();
  readonly #rates: RatePoint[] = [];
  readonly #lines = new Map<string, Point[]>();

  /** With those that died in the last hour. */
  withDead(workers: readonly WorkerInfo[], now: number): readonly WorkerInfo[] {
    for (const one of workers) if (one.state === "dead") this.#dead.set(one.worker, one);
    for (const [worker, { diedAt }] of this.#dead) if (diedAt === null || diedAt < now - HOUR_MS) this.#dead.delete(worker);
    const listed = new Set(workers.map(({ worker }) => worker));
    return [...workers, ...[...this.#dead.values()].filter(({ worker }) => !listed.has(worker))];
  }

  /** Half a minute is over since what was seen last. */
  isDue(now: number): boolean {
    const last = this.#rates.at(-1);
    return last === undefined || now - last.at >= STEP_MS;
  }

  seen(rates: Rates, queue: Pick<InspectedQueue, "activities">, now: number): void {
    this.#rates.push({ ...rates, at: now });
    const waiting = new Map(queue.activities.map(({ name, waiting: { n } }) => [name, n]));
    for (const name of waiting.keys()) if (!this.#lines.has(name) && this.#lines.size < MOST_NAMES) this.#lines.set(name, []);
    for (const [name, points] of this.#lines) {
      points.push({ at: now, n: waiting.get(name) ?? 0 });
      forget(points, now);
      if (points.every(({ n }) => n === 0)) this.#lines.delete(name);
    }
    forget(this.#rates, now);
  }

  get rates(): readonly RatePoint[] {
    return [...this.#rates];
  }

  line(name: string): readonly Point[] {
    return [...(this.#lines.get(name) ?? [])];
  }
}

function forget(points: { readonly at: number }[], now: number): void {
  points.splice(
    0,
    points.findIndex(({ at }) => at >= now - HOUR_MS),
  );
}
