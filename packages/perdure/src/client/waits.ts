import type { ActiveInstance } from "../engine/instances/instance.ts";
import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import { FreshMap, FreshSet } from "../model/fresh-map.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Clock, Scheduler } from "../process/clock.ts";
import type { EndedInstances, Store } from "../store/contract.ts";
import type { EndedSince, EndsPlace } from "../store/ends.ts";
import type { InstanceRow } from "../store/rows.ts";
import { inTime } from "./in-time.ts";
import { statusOfActive, statusOfRow } from "./instance-status.ts";
import type { Wanted } from "./status-reads.ts";
import { StatusReads } from "./status-reads.ts";
import type { WaitParams, WaitResult } from "./wait.ts";
import { Wait } from "./wait.ts";

/** How often the store is asked what has ended, when there is no hint. */
const ASK_EVERY_MS = 250;
/** After the first wait for what runs in another process it is asked this soon, then ever less often: many an orchestration ends soon. */
const ASK_FIRST_MS = 5;
/** Hints that do not say whose end they are about: so far apart are the questions that follow them at least. */
const ASK_GAP_MS = 10;
/** What no answer names is looked at now and then all the same: it may have been stopped, or purged, or its end may have been committed very late. */
const LOOK_EVERY_MS = 1_000;
/** However many wait: 400 looks a second. */
const LOOKS_AT_ONCE = 100;

const NONE: readonly Wait[] = [];

export interface WaitsParts {
  readonly store: Pick<Store, "readInstances" | "readEnded">;
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** An instance in the memory of this process's worker, which tells itself what becomes of it. */
  readonly peek: (instanceId: InstanceId) => ActiveInstance | undefined;
  /** The store's hints, listened to only while there are waits for what runs elsewhere. Absent: there are none. */
  readonly onEnds?: (listener: (ended: EndedInstances) => void) => () => void;
  /** A read that takes longer fails; a wait fails when its reads have failed for this long. */
  readonly acceptMs?: number;
}

/**
 * All waits in this process for instances. What runs in this process is told by its worker. For all others together the store is asked one
 * question, "which instances have ended since I asked last": it costs what has ended, not what waits. Only rows that an answer or a hint names are
 * read then.
 */
export class Waits {
  readonly #parts: WaitsParts;
  readonly #acceptMs: number;
  /** Most instances have one who waits, and no set for it. */
  readonly #byId = new FreshMap<InstanceId, Wait | Set<Wait>>();
  /** For an end that no answer tells yet: the instance is in this process, or the wait is new. */
  readonly #untold = new FreshSet<Wait>();
  /** For an end that the answers tell, in order of the last look. */
  readonly #told = new FreshSet<Wait>();
  /** For a beginning, in order of the last look: these are short, and no answer tells them. */
  readonly #forStart = new FreshSet<Wait>();
  readonly #reads: StatusReads;
  /** Where the next question begins; null: no wait relies on an answer. */
  #since: EndsPlace | null = null;
  #stopHints: (() => void) | null = null;
  #next: { readonly at: number; readonly cancel: () => void } | null = null;
  #isAsking = false;
  #isHintedMeanwhile = false;
  /** The last answer was cut. */
  #hasMore = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #newestAt = Number.NEGATIVE_INFINITY;

  constructor(parts: WaitsParts) {
    this.#parts = parts;
    this.#acceptMs = parts.acceptMs ?? DEFAULT_WORKER_SETTINGS.acceptMs;
    this.#reads = new StatusReads({
      scheduler: parts.scheduler,
      clock: parts.clock,
      bearMs: this.#acceptMs,
      read: (ids, payloads) => inTime(parts, parts.store.readInstances(ids, payloads)),
      isWanted: (id) => this.#byId.has(id),
      onRow: (id, row, payloads) => this.#onRow(id, row, payloads),
      onFailure: (id, error) => {
        for (const wait of this.#of(id)) wait.fail(error);
      },
    });
  }

  wait(params: WaitParams): Promise<WaitResult> {
    const wait = new Wait(params, this.#parts.scheduler, (answered) => this.#remove(answered));
    const { instanceId } = wait;
    this.#add(wait);
    (wait.until === "started" ? this.#forStart : this.#untold).add(wait);
    if (params.signal?.aborted === true) wait.answer("over");
    else this.#look(wait, "all");
    if (!this.#byId.has(instanceId)) return wait.result;
    if (!this.#isHere(wait)) {
      this.#newestAt = this.#now;
      this.#listen();
    }
    this.#schedule(this.#askInMs);
    return wait.result;
  }

  /** The worker of this process tells what has ended, once it is durable. */
  onEnd(instance: ActiveInstance): void {
    // A run that was replaced is not the end of a wait: the one in its place has the same id.
    const isReplaced = instance.end !== null && instance.end.successor !== null;
    const waiting = this.#of(instance.state.instanceId);
    if (waiting.length === 0) return;
    const status = statusOfActive(instance, instance.end?.output ?? null);
    for (const wait of waiting) isReplaced ? this.#look(wait, "all") : wait.answer(status);
  }

  /** An instance in this process has begun. */
  onStart(instanceId: InstanceId): void {
    for (const wait of this.#of(instanceId)) this.#look(wait, "all");
  }

  get isEmpty(): boolean {
    return this.#byId.size === 0;
  }

  failAll(error: (id: InstanceId) => Error): void {
    for (const id of [...this.#byId.keys()]) for (const wait of this.#of(id)) wait.fail(error(id));
  }

  /** The hub was closed. */
  close(): void {
    for (const id of [...this.#byId.keys()]) for (const wait of this.#of(id)) wait.answer("over");
  }

  get #now(): number {
    return this.#parts.clock.monotonicMs();
  }

  #of(instanceId: InstanceId): readonly Wait[] {
    const waiting = this.#byId.get(instanceId);
    if (waiting === undefined) return NONE;
    return waiting instanceof Set ? [...waiting] : [waiting];
  }

  #add(wait: Wait): void {
    const { instanceId } = wait;
    const waiting = this.#byId.get(instanceId);
    if (waiting === undefined) this.#byId.set(instanceId, wait);
    else if (waiting instanceof Set) waiting.add(wait);
    else this.#byId.set(instanceId, new Set([waiting, wait]));
  }

  #isHere({ instanceId }: Wait): boolean {
    return this.#parts.peek(instanceId) !== undefined;
  }

  /** In memory at once, or in the store soon. What is in memory and has changes on their way is told when they are durable. */
  #look(wait: Wait, payloads: Wanted): void {
    wait.lookedAt = this.#now;
    const active = this.#parts.peek(wait.instanceId);
    if (active === undefined) this.#reads.want(wait.instanceId, payloads);
    else if (active.undurableBatches === 0) {
      const status = statusOfActive(active);
      if (wait.isReachedBy(status)) wait.answer(status);
    }
  }

  #onRow(id: InstanceId, row: InstanceRow | null, payloads: Wanted): void {
    for (const wait of this.#of(id)) {
      if (row === null) {
        if (!this.#isHere(wait)) wait.answer(null);
        continue;
      }
      const status = statusOfRow(row);
      if (!wait.isReachedBy(status)) continue;
      if (payloads === "all") wait.answer(status);
      else this.#reads.want(id, "all");
    }
  }

  #remove(wait: Wait): void {
    const waiting = this.#byId.get(wait.instanceId);
    if (waiting instanceof Set) waiting.delete(wait);
    if (waiting === wait || (waiting instanceof Set && waiting.size === 0)) this.#byId.delete(wait.instanceId);
    for (const group of [this.#untold, this.#told, this.#forStart]) group.delete(wait);
    if (this.#byId.size > 0) return;
    this.#next?.cancel();
    this.#next = null;
    this.#since = null;
    this.#stopHints?.();
    this.#stopHints = null;
  }

  // --- what has ended elsewhere ---

  #listen(): void {
    this.#stopHints ??= this.#parts.onEnds?.((ended) => this.#hinted(ended)) ?? null;
  }

  #hinted(ended: EndedInstances): void {
    if (ended === null) this.#schedule(Math.max(0, this.#askedAt + ASK_GAP_MS - this.#now));
    else for (const id of ended) if (this.#byId.has(id)) this.#reads.want(id, "all");
  }

  /** The more wait, the less each new wait hastens the next question. */
  get #askInMs(): number {
    return Math.min(ASK_EVERY_MS, Math.max(ASK_FIRST_MS, this.#now - this.#newestAt, this.#told.size + this.#untold.size));
  }

  #schedule(inMs: number): void {
    const at = this.#now + inMs;
    if (this.#byId.size === 0 || (this.#next !== null && this.#next.at <= at)) return;
    this.#next?.cancel();
    const cancel = this.#parts.scheduler.after(inMs, () => {
      this.#next = null;
      if (this.#isAsking) this.#isHintedMeanwhile = true;
      else
        void this.#turn().finally(() => {
          const isHinted = this.#isHintedMeanwhile;
          this.#isHintedMeanwhile = false;
          const hasMore = this.#hasMore;
          this.#hasMore = false;
          this.#schedule(hasMore ? 0 : isHinted ? ASK_GAP_MS : this.#askInMs);
        });
    });
    this.#next = { at, cancel };
  }

  async #turn(): Promise<void> {
    for (const wait of first(this.#forStart, LOOKS_AT_ONCE)) {
      again(this.#forStart, wait);
      this.#look(wait, "none");
    }
    const elsewhere = [...this.#untold].filter((wait) => !this.#isHere(wait));
    if (this.#told.size === 0) this.#since = null;
    if (elsewhere.length + this.#told.size === 0) return;
    this.#listen();
    const answer = await this.#ask();
    if (answer !== null) this.#take(answer, elsewhere);
    else for (const wait of elsewhere.slice(0, LOOKS_AT_ONCE)) if (this.#untold.has(wait)) this.#look(wait, "none");
    const lookedBefore = this.#now - LOOK_EVERY_MS;
    for (const wait of first(this.#told, LOOKS_AT_ONCE)) {
      if (wait.lookedAt >= lookedBefore) break;
      again(this.#told, wait);
      this.#look(wait, "none");
    }
  }

  /** Null: the store is away. Looks at those that wait will say so when it lasts. */
  async #ask(): Promise<EndedSince | null> {
    this.#isAsking = true;
    this.#askedAt = this.#now;
    try {
      return await inTime(this.#parts, this.#parts.store.readEnded(this.#since));
    } catch {
      return null;
    } finally {
      this.#isAsking = false;
    }
  }

  #take({ ended, upTo, more }: EndedSince, elsewhere: readonly Wait[]): void {
    if (this.#byId.size === 0) return;
    this.#since = upTo;
    if (more) this.#hasMore = true;
    for (const id of ended) if (this.#byId.has(id)) this.#reads.want(id, "all");
    // What ended before this answer is in no later one: so each is looked at once more from here on.
    for (const wait of elsewhere) {
      if (!this.#untold.delete(wait)) continue;
      this.#told.add(wait);
      this.#look(wait, "none");
    }
  }
}

function first(waits: FreshSet<Wait>, most: number): readonly Wait[] {
  const taken: Wait[] = [];
  for (const wait of waits) {
    if (taken.length === most) break;
    taken.push(wait);
  }
  return taken;
}

function again(waits: FreshSet<Wait>, wait: Wait): void {
  if (waits.delete(wait)) waits.add(wait);
}
