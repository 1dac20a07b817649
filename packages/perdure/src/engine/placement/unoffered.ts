import type { ByQueue, FunctionKind, Queue, QueueKeys } from "../../model/function-kind.ts";
import { byQueue, FUNCTION_KINDS, queueKey } from "../../model/function-kind.ts";
import type { NameKey } from "../../model/function-name.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { Waiting } from "../../store/wake.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { Fleet } from "./fleet.ts";
import type { UnservedVersions } from "./unserved-versions.ts";

/** How often a worker looks whether anything waits for a function that no worker has, ms; more often while something does. */
const LOOK_EVERY_MS = 10_000;

/** So many names that no worker has are remembered at most: they may be misspelt, or made up. */
const MOST_FOUND = 1_000;

const NOTHING: QueueKeys = { instances: [], tasks: [] };

export interface UnofferedPort {
  readonly parts: Pick<WorkerParts, "clock" | "scheduler" | "store">;
  readonly committer: Pick<Committer, "gathering">;
  readonly fleet: Pick<Fleet, "has" | "knows" | "othersKnow" | "learn" | "isServed" | "patienceMs" | "versions">;
  readonly unservedVersions: UnservedVersions;
  readonly phase: Phase;
}

/**
 * Calls to functions that no live worker offers. They lie in the store like everything that waits for a worker with room; when none has
 * offered the function for long enough, any worker may claim them, to complete them as failed.
 */
export class Unoffered {
  readonly #port: UnofferedPort;
  readonly #onUnserved: () => void;
  /** Queue and key → when it was first seen waiting and unoffered, monotonic. */
  #since = new Map<string, number>();
  #unserved: QueueKeys = NOTHING;
  /**
   * Keys that were unserved, until a worker serves them. A call that was claimed for that reason no longer waits in the store, and may be in an episode for
   * seconds. If its key were forgotten meanwhile, the call would be left to all workers and claimed again, without end.
   */
  readonly #found: ByQueue<Set<NameKey>> = byQueue(() => new Set());
  #stopped = new Map<NameKey, readonly [kind: FunctionKind, name: string]>();
  #lackedIn: Batch | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #cancelNext: (() => void) | null = null;

  constructor(port: UnofferedPort, onUnserved: () => void) {
    this.#port = port;
    this.#onUnserved = onUnserved;
  }

  stop(): void {
    this.#cancelNext?.();
    this.#cancelNext = null;
  }

  /** What may be claimed besides this worker's own functions. */
  get unserved(): QueueKeys {
    return this.#unserved;
  }

  /** No worker has had it for long enough: only then may a call of it be recorded as failed. */
  isUnserved(kind: FunctionKind, name: string): boolean {
    const { fleet } = this.#port;
    if (fleet.knows(kind, name) || fleet.othersKnow(kind, name)) return false;
    return this.#found[FUNCTION_KINDS[kind].queue].has(queueKey(kind, name));
  }

  /** The gathering batch leaves a call to all workers. When this one has no function for it, perhaps no worker has. */
  left(kind: FunctionKind, name: string): void {
    if (!this.#port.fleet.has(kind, name)) this.#lackedIn = this.#port.committer.gathering;
  }

  /** … an instance. Perhaps no worker has the orchestrator, or none takes its version. */
  leftInstance(name: string, version: string | null): void {
    const { fleet, committer } = this.#port;
    if (!fleet.has("orchestrator", name) || !fleet.versions.takes(name, version)) this.#lackedIn = committer.gathering;
  }

  onDurable(batch: Batch): void {
    if (this.#lackedIn !== batch) return;
    this.#lackedIn = null;
    this.#look();
  }

  /** An instance was stopped since no worker had its function; one that joined at that very moment did not find it. */
  stopped(kind: FunctionKind, name: string): void {
    this.#stopped.set(queueKey(kind, name), [kind, name]);
  }

  onRenewal(): void {
    const { clock, store } = this.#port.parts;
    this.#forgetServed();
    for (const [key, [kind, name]] of this.#stopped) {
      if (!this.#port.fleet.othersKnow(kind, name)) continue;
      this.#stopped.delete(key);
      store.resumeForCode({ keys: [key], codeVersion: null }).catch((error: unknown) => {
        saidByStore(error);
        this.stopped(kind, name);
      });
    }
    if (this.#since.size > 0 || this.#port.unservedVersions.looksOften || clock.monotonicMs() - this.#lookedAt >= LOOK_EVERY_MS)
      this.#look();
  }

  #look(): void {
    const { phase, parts } = this.#port;
    if (this.#looking || phase !== "running") return;
    this.#looking = true;
    this.#lookedAt = parts.clock.monotonicMs();
    const { store } = parts;
    Promise.all([store.readWorkers(), store.readWaiting()]).then(
      ([{ now, workers }, waiting]) => {
        this.#looking = false;
        if (this.#port.phase !== "running") return;
        this.#port.fleet.learn(workers, now);
        this.#noteUnserved(waiting);
      },
      () => {
        this.#looking = false; // the store is away: the next renewal asks again
      },
    );
  }

  #noteUnserved(waiting: Waiting): void {
    const { fleet, parts, unservedVersions } = this.#port;
    const now = parts.clock.monotonicMs();
    this.#forgetServed();
    const since = new Map<string, number>();
    const patience = fleet.patienceMs;
    let soonest = Number.POSITIVE_INFINITY;
    const unservedIn = (queue: Queue) =>
      waiting[queue].filter((key) => {
        if (fleet.isServed(queue, key)) return false;
        const first = this.#since.get(`${queue}:${key}`) ?? now;
        since.set(`${queue}:${key}`, first);
        const left = first + patience - now;
        if (left > 0) soonest = Math.min(soonest, left);
        else this.#note(this.#found[queue], key);
        return left <= 0;
      });
    this.#unserved = byQueue(unservedIn);
    this.#since = since;
    soonest = Math.min(soonest, unservedVersions.note(waiting, now));
    this.stop();
    if (soonest < Number.POSITIVE_INFINITY) this.#cancelNext = parts.scheduler.after(soonest, () => this.#look());
    const { instances, tasks } = this.#unserved;
    if (instances.length + tasks.length > 0 || unservedVersions.toFail !== undefined) this.#onUnserved();
  }

  #note(found: Set<NameKey>, key: NameKey): void {
    found.add(key);
    if (found.size > MOST_FOUND) for (const first of found) return void found.delete(first);
  }

  #forgetServed(): void {
    this.#port.unservedVersions.forgetServed();
    for (const queue of ["instances", "tasks"] as const) {
      const found = this.#found[queue];
      for (const key of found) if (this.#port.fleet.isServed(queue, key)) found.delete(key);
    }
  }
}
