import type { RegisteredFunction } from "perdure";
import { activity, orchestrator } from "perdure";

interface Run {
  readonly id: string;
  readonly who: string;
  isOver: boolean;
}

/** Activities that run until a gate is opened or they are told to give up; and which of them ran where. */
export class Holds {
  /** Instances whose activity was begun while another run of it was under way, in a worker that was alive. */
  readonly overlaps: string[] = [];
  readonly #runs: Run[] = [];
  readonly #dead = new Set<string>();
  readonly #gate = Promise.withResolvers<void>();

  functions(who: string): readonly RegisteredFunction[] {
    const hold = activity("hold", async (_: null, { instanceId: id, signal }) => {
      const run: Run = { id, who, isOver: false };
      if (this.running(id).length > 0) this.overlaps.push(`${id}: ${this.running(id).join()} and ${who}`);
      this.#runs.push(run);
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => reject(signal.reason));
      try {
        await Promise.race([this.#gate.promise, aborted]);
      } finally {
        run.isOver = true;
      }
      return who;
    });
    return [hold, orchestrator("holds", (ctx) => ctx.callActivity(hold, null))];
  }

  /** Its runs are ghosts from now on. */
  died(who: string): void {
    this.#dead.add(who);
  }

  open(): void {
    this.#gate.resolve();
  }

  /** Who runs it now. */
  running(id: string): readonly string[] {
    return this.#runs.filter((run) => run.id === id && !run.isOver && !this.#dead.has(run.who)).map(({ who }) => who);
  }

  /** How many runs this one has begun. */
  begunBy(who: string): number {
    return this.#runs.filter((run) => run.who === who).length;
  }

  runningIn(who: string): number {
    return this.#runs.filter((run) => run.who === who && !run.isOver).length;
  }
}
