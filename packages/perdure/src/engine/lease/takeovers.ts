import type { WorkerId } from "../../model/ids.ts";
import { refusalText } from "../../store/errors.ts";
import type { WorkerRow } from "../../store/rows.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts } from "../options.ts";

const SLICE = 500;

export interface TakeoversPort {
  readonly parts: Pick<WorkerParts, "store" | "log">;
  readonly identity: Identity;
  /** There may be work: instances were freed from a dead worker. */
  lookAround(): void;
}

/**
 * Frees what dead workers owned, slice by slice, one call at a time, each dead worker in its turn. Nothing waits for it: with tens of thousands of
 * instances, or on a slow store, a takeover takes longer than a lease.
 */
export class Takeovers {
  readonly #port: TakeoversPort;
  readonly #complaints = new Repeated();
  /** Dead workers, with how many instances were freed so far. */
  readonly #dead = new Map<WorkerId, number>();
  /** Counts stops: the chain of an earlier life ends with its slice. */
  #life = 0;
  #isUnderWay = false;

  constructor(port: TakeoversPort) {
    this.#port = port;
  }

  /** The worker ends, or has lost the name under which it began them. */
  stop(): void {
    this.#life += 1;
    this.#dead.clear();
    this.#isUnderWay = false;
  }

  /** Its row says that it is dead. One that is under way already continues. */
  begin({ worker }: WorkerRow): void {
    if (!this.#dead.has(worker)) this.#dead.set(worker, 0);
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    void this.#run(this.#life);
  }

  /** Never rejects. */
  async #run(life: number): Promise<void> {
    while (life === this.#life && this.#dead.size > 0) {
      for (const worker of [...this.#dead.keys()]) {
        if (life !== this.#life) return;
        await this.#slice(life, worker);
      }
    }
    if (life === this.#life) this.#isUnderWay = false;
  }

  /** What fails is tried again with the next look at the workers: the row is still there. */
  async #slice(life: number, worker: WorkerId): Promise<void> {
    try {
      const { freed, done } = await this.#port.parts.store.takeOver({ dead: worker, limit: SLICE });
      if (life !== this.#life) return;
      const all = (this.#dead.get(worker) ?? 0) + freed;
      if (freed > 0 || done) this.#port.lookAround();
      if (!done) {
        this.#dead.set(worker, all);
        return;
      }
      this.#dead.delete(worker);
      this.#complaints.end();
      // What waits without an owner stays as it is: any worker takes it when there is something to do.
      if (all > 0)
        this.#log(
          "info",
          "worker.taken-over",
          `Took over ${all === 1 ? "one instance" : `${all} instances`} that worker ${worker} owned when it died`,
        );
    } catch (error) {
      const why = refusalText(saidByStore(error));
      if (life !== this.#life) return;
      this.#dead.delete(worker);
      const message = `Worker ${worker} could not be taken over yet: ${why}`;
      if (this.#complaints.isDue(message)) this.#log("warn", "store.away", message);
    }
  }

  #log(level: "info" | "warn", event: string, message: string): void {
    this.#port.parts.log.write({ level, event, message, fields: { worker: this.#port.identity.worker } });
  }
}
