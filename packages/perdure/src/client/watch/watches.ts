import type { ActivityProgress } from "../../engine/activities/activity-progress.ts";
import type { ActiveInstance } from "../../engine/instances/instance.ts";
import { DEFAULT_WORKER_SETTINGS } from "../../engine/options.ts";
import type { Worker } from "../../engine/worker.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { InstanceId } from "../../model/ids.ts";
import { instanceId as asInstanceId, storedIdProblem } from "../../model/ids.ts";
import type { Clock, Ids, Scheduler } from "../../process/clock.ts";
import type { Store } from "../../store/contract.ts";
import { inTime } from "../in-time.ts";
import { statusOfActive, statusOfRow } from "../instance-status.ts";
import { StatusReads } from "../status-reads.ts";
import type { Changes, ChangesParams } from "../types.ts";
import type { LiveMessage } from "./live-messages.ts";
import { parseLiveMessage } from "./live-messages.ts";
import { Watched } from "./watched.ts";

/** What runs in another process is looked at so often: all of it with one read that brings no payloads. */
const LOOK_EVERY_MS = 200;
/** A watcher asks again within this time after an answer. What comes meanwhile is kept for it. */
const LINGER_MS = 10_000;
/** Others forget who watches after {@link WATCH_LASTS_MS}. */
const SAY_EVERY_MS = 5_000;
/** Ids in one message. */
const MOST_IDS = 1_000;

export const WATCH_LASTS_MS = 2.5 * SAY_EVERY_MS;

export interface WatchesParts {
  readonly store: Pick<Store, "readInstances" | "live">;
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly ids: Ids;
  /** Store time as well as this process knows it. */
  readonly now: () => number;
  /** While it runs. */
  readonly worker: () => Worker | null;
  /** A read that takes longer fails. */
  readonly acceptMs?: number;
}

interface Entry {
  readonly watched: Watched;
  /** Those who wait for news now. */
  users: number;
  /** Of the row that was read last; of an instance in this process it is not known. */
  version: number | null;
  stopLinger: (() => void) | null;
}

/**
 * All instances that callers of this process watch. What runs in its worker tells at once; of all others the rows are looked at together, and their progress
 * comes from the processes where their activities run, over the store's {@link LiveBus}.
 */
export class Watches {
  readonly #parts: WatchesParts;
  readonly #self: string;
  readonly #entries = new Map<InstanceId, Entry>();
  readonly #reads: StatusReads;
  #stops: (() => void)[] = [];
  #count = 0;

  constructor(parts: WatchesParts) {
    this.#parts = parts;
    this.#self = parts.ids.guid();
    this.#reads = new StatusReads({
      scheduler: parts.scheduler,
      clock: parts.clock,
      bearMs: parts.acceptMs ?? DEFAULT_WORKER_SETTINGS.acceptMs,
      read: (ids, payloads) => inTime(parts, parts.store.readInstances(ids, payloads)),
      isWanted: (id) => this.#entries.has(id),
      onRow: (id, row, payloads) => {
        const entry = this.#entries.get(id);
        if (entry === undefined) return;
        if (row !== null && payloads === "none" && row.version === entry.version) return;
        if (row !== null && payloads === "none") return this.#reads.want(id, "all");
        entry.version = row?.version ?? null;
        if (row !== null) entry.watched.tookStatus(statusOfRow(row));
        else if (this.#active(id) === undefined) entry.watched.tookStatus(null);
      },
      onFailure: (id, error) => this.#entries.get(id)?.watched.failed(error),
    });
  }

  /** What is new of it since `seen`, now or when something is; without news after `timeoutMs`. Null: there is no such instance. */
  async changes({ instanceId, seen, timeoutMs, signal }: ChangesParams): Promise<Changes | null> {
    if (storedIdProblem(instanceId) !== null) return null;
    const id = asInstanceId(instanceId);
    const entry = this.#enter(id);
    const { watched } = entry;
    const until = this.#parts.clock.monotonicMs() + timeoutMs;
    try {
      for (;;) {
        const changes = watched.since(seen, this.#parts.now());
        if (changes !== null) return changes;
        if (watched.status === null) return null;
        const leftMs = until - this.#parts.clock.monotonicMs();
        const isNews = signal?.aborted !== true && leftMs > 0 && (await watched.news((over) => this.#waitFor(over, leftMs, signal)));
        if (isNews) continue;
        if (watched.status === undefined && signal?.aborted !== true) throw fault("STORE_UNAVAILABLE", "no answer has come");
        return { status: null, progress: [], seen: watched.seen };
      }
    } finally {
      this.#leave(id, entry);
    }
  }

  /** The worker of this process has begun. */
  workerCame(): void {
    if (this.#stops.length === 0) return;
    this.#stop();
    this.#start();
  }

  /** The hub was closed. */
  close(error: () => Error): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#stop();
    for (const { watched, stopLinger } of entries) {
      stopLinger?.();
      watched.failed(error());
    }
  }

  #waitFor(over: () => void, leftMs: number, signal: AbortSignal | undefined): () => void {
    const cancel = this.#parts.scheduler.after(leftMs, over);
    signal?.addEventListener("abort", over, { once: true });
    return () => {
      cancel();
      signal?.removeEventListener("abort", over);
    };
  }

  #enter(id: InstanceId): Entry {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      known.stopLinger?.();
      known.stopLinger = null;
      known.users += 1;
      return known;
    }
    this.#count += 1;
    const entry: Entry = { watched: new Watched(id, `${this.#self}:${this.#count}`), users: 1, version: null, stopLinger: null };
    this.#entries.set(id, entry);
    if (this.#entries.size === 1) this.#start();
    else this.#say({ kind: "watching", ids: [id] });
    for (const progress of this.#parts.worker()?.progressOf(id) ?? []) entry.watched.tookProgress(progress);
    this.#look(id, entry);
    return entry;
  }

  #leave(id: InstanceId, entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0 || this.#entries.get(id) !== entry) return;
    const forget = () => {
      this.#entries.delete(id);
      if (this.#entries.size === 0) this.#stop();
    };
    if (entry.watched.status === null) forget();
    else entry.stopLinger = this.#parts.scheduler.after(LINGER_MS, forget);
  }

  /** In the memory of this process, or in the store soon. What has changes on their way tells when they are durable. */
  #look(id: InstanceId, entry: Entry): void {
    const active = this.#active(id);
    if (active === undefined || active.undurableBatches > 0) this.#reads.want(id, "all");
    else entry.watched.tookStatus(statusOfActive(active));
  }

  #active(id: InstanceId): ActiveInstance | undefined {
    return this.#parts.worker()?.peek(id);
  }

  readonly #onChange = (instance: ActiveInstance): void => {
    const entry = this.#entries.get(instance.state.instanceId);
    if (entry === undefined) return;
    entry.version = null;
    // A run that was replaced, or an instance that has left memory, is in the store as it is now.
    if (instance.gone || (instance.end?.successor ?? null) !== null) this.#reads.want(instance.state.instanceId, "all");
    else if (instance.undurableBatches === 0) entry.watched.tookStatus(statusOfActive(instance, instance.end?.output ?? null));
  };

  readonly #onProgress = (progress: ActivityProgress): void => this.#entries.get(progress.instanceId)?.watched.tookProgress(progress);

  // --- while anything is watched ---

  #start(): void {
    const { worker, store } = this.#parts;
    const running = worker();
    const stops = [this.#each(LOOK_EVERY_MS, () => this.#lookAround())];
    if (running !== null) stops.push(running.onChange(this.#onChange), running.onProgress(this.#onProgress));
    if (store.live !== undefined) {
      stops.push(store.live.listen({ onMessage: (text) => this.#heard(parseLiveMessage(text)), onReady: () => this.#sayAll() }));
      stops.push(this.#each(SAY_EVERY_MS, () => this.#sayAll()));
    }
    this.#stops = stops;
  }

  #stop(): void {
    const stops = this.#stops;
    this.#stops = [];
    for (const stop of stops) stop();
  }

  #each(ms: number, task: () => void): () => void {
    const { scheduler } = this.#parts;
    const again = (): void => {
      task();
      cancel = scheduler.after(ms, again);
    };
    let cancel = scheduler.after(ms, again);
    return () => cancel();
  }

  #lookAround(): void {
    for (const id of this.#entries.keys()) {
      const active = this.#active(id);
      if (active === undefined || active.undurableBatches > 0) this.#reads.want(id, "none");
    }
  }

  #heard(message: LiveMessage | null): void {
    if (message === null || message.from === this.#self) return;
    if (message.kind === "whoWatches") this.#sayAll();
    else if (message.kind === "progress") for (const progress of message.of) this.#onProgress(progress);
  }

  #sayAll(): void {
    const ids = [...this.#entries.keys()];
    for (let from = 0; from < ids.length; from += MOST_IDS) this.#say({ kind: "watching", ids: ids.slice(from, from + MOST_IDS) });
  }

  #say(message: { readonly kind: "watching"; readonly ids: readonly InstanceId[] }): void {
    this.#parts.store.live?.send(JSON.stringify({ from: this.#self, ...message }));
  }
}
