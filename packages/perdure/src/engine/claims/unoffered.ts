import { messageOf } from "../../errors/perdure-error.ts";
import type { FunctionNames } from "../../model/executor.ts";
import type { Failure } from "../../model/failure.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { Fleet } from "../placement/fleet.ts";

/** How often a worker looks whether anything waits for a function that nobody has, ms; more often while something does. */
const LOOK_EVERY_MS = 10_000;

type Kind = keyof FunctionNames;
const NOTHING: FunctionNames = { orchestrators: [], activities: [] };

/** What the search for functions that nobody has reads of its worker. */
interface LookingEngine {
  readonly parts: WorkerParts;
  readonly committer: Committer;
  readonly fleet: Fleet;
  readonly phase: Phase;
}

/**
 * Calls to functions that no live worker offers. They lie in the store like everything that waits for a worker with room; when nobody has
 * offered the function for long enough, any worker may claim them, to complete them as failed.
 */
export class Unoffered {
  readonly #engine: LookingEngine;
  readonly #onForsaken: () => void;
  /** Kind and name → when it was first seen waiting and unoffered, monotonic. */
  #since = new Map<string, number>();
  #forsaken: FunctionNames = NOTHING;
  #stopped = new Set<string>();
  #lackedIn: Batch | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #cancelNext: (() => void) | null = null;

  constructor(engine: LookingEngine, onForsaken: () => void) {
    this.#engine = engine;
    this.#onForsaken = onForsaken;
  }

  stop(): void {
    this.#cancelNext?.();
    this.#cancelNext = null;
  }

  /** What may be claimed besides this worker's own functions. */
  get forsaken(): FunctionNames {
    return this.#forsaken;
  }

  /** The gathering batch lays out work that this worker has no function for. */
  lacked(): void {
    this.#lackedIn = this.#engine.committer.gathering;
  }

  onDurable(batch: Batch): void {
    if (this.#lackedIn !== batch) return;
    this.#lackedIn = null;
    this.#look();
  }

  /** An instance was stopped since nobody had its orchestrator; one that joined at that very moment did not find it. */
  stopped(orchestrator: string): void {
    this.#stopped.add(orchestrator);
  }

  onRenewal(): void {
    const { clock, store } = this.#engine.parts;
    for (const name of this.#stopped) {
      if (!this.#engine.fleet.othersHave("orchestrators", name)) continue;
      this.#stopped.delete(name);
      store.resumeForCode({ orchestrators: [name], codeVersion: null }).catch(() => this.#stopped.add(name));
    }
    if (this.#since.size > 0 || clock.monotonicMs() - this.#lookedAt >= LOOK_EVERY_MS) this.#look();
  }

  #look(): void {
    const { phase, parts } = this.#engine;
    if (this.#looking || phase !== "running") return;
    this.#looking = true;
    this.#lookedAt = parts.clock.monotonicMs();
    const { store } = parts;
    Promise.all([store.readWorkers(), store.readWaiting()]).then(
      ([{ now, workers }, waiting]) => {
        this.#looking = false;
        if (this.#engine.phase !== "running") return;
        this.#engine.fleet.learn(workers, now);
        this.#judge(waiting);
      },
      () => {
        this.#looking = false; // the store is away: the next renewal asks again
      },
    );
  }

  #judge(waiting: FunctionNames): void {
    const { fleet, parts } = this.#engine;
    const now = parts.clock.monotonicMs();
    const since = new Map<string, number>();
    const patience = fleet.patienceMs;
    let soonest = Number.POSITIVE_INFINITY;
    const forsakenOf = (kind: Kind) =>
      waiting[kind].filter((name) => {
        if (fleet.has(kind, name) || fleet.othersHave(kind, name)) return false;
        const first = this.#since.get(`${kind}:${name}`) ?? now;
        since.set(`${kind}:${name}`, first);
        const left = first + patience - now;
        if (left > 0) soonest = Math.min(soonest, left);
        return left <= 0;
      });
    this.#forsaken = { orchestrators: forsakenOf("orchestrators"), activities: forsakenOf("activities") };
    this.#since = since;
    this.stop();
    if (soonest < Number.POSITIVE_INFINITY) this.#cancelNext = parts.scheduler.after(soonest, () => this.#look());
    if (this.#forsaken.orchestrators.length + this.#forsaken.activities.length > 0) this.#onForsaken();
  }
}

/** Nobody has it: no retry would change that. */
export function functionNotFound(engine: { readonly fleet: Fleet }, kind: Kind, name: string): Failure {
  const what = kind === "activities" ? "activity" : "orchestrator";
  const message = messageOf("FUNCTION_NOT_OFFERED", what, name, engine.fleet.known(kind));
  return { errorType: "FunctionNotFoundError", message, isNonRetriable: true };
}
