import { countText } from "../client/inspect/count.ts";
import type { InspectedQueue, InspectedWorker } from "../client/inspect/fleet-types.ts";
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
  withDead(workers: readonly InspectedWorker[], now: number): readonly WorkerInfo[] {
    const listed = new Set(workers.map(({ worker }) => worker));
    for (const [worker, one] of this.#dead) {
      if (one.diedAt === null || one.diedAt < now - HOUR_MS) this.#dead.delete(worker);
      else if (!listed.has(worker)) this.#dead.set(worker, { ...one, note: `${hadText(one)} free for other workers again` });
    }
    const shown = workers.map((one): WorkerInfo => ({ ...one, note: one.state === "dead" ? `${hadText(one)} not all free yet` : null }));
    for (const one of shown) if (one.state === "dead") this.#dead.set(one.worker, one);
    return [...shown, ...[...this.#dead.values()].filter(({ worker }) => !listed.has(worker))];
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

/** As it has said with its last renewal. */
function hadText({ instances, activities }: InspectedWorker): string {
  const [owned, running] = [instances?.n ?? 0, activities?.n ?? 0];
  const parts = [countText(owned, "instance", "instances"), countText(running, "activity", "activities")].filter((part) => part !== null);
  return parts.length === 0 ? "what it had is" : `${parts.join(" and ")} ${owned + running === 1 ? "is" : "are"}`;
}
