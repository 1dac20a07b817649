import type { Executor, KindOffer, Offer } from "../model/executor.ts";
import type { ByKind } from "../model/function-kind.ts";
import { byKind } from "../model/function-kind.ts";

/** An executor whose offer the test changes. */
export class ChangingExecutor implements Executor {
  readonly wantsRecorded = false;
  readonly #inner: Executor;
  readonly #listeners = new Set<() => void>();
  #offer: Offer;

  constructor(inner: Executor, change: Partial<ByKind<Partial<KindOffer>>> = {}) {
    this.#inner = inner;
    this.#offer = inner.offer;
    this.change(change);
  }

  get offer(): Offer {
    return this.#offer;
  }

  change(change: Partial<ByKind<Partial<KindOffer>>>): void {
    this.#offer = byKind((kind) => ({ ...this.#offer[kind], ...change[kind] }));
    for (const listener of this.#listeners) listener();
  }

  onOffer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  runEpisode: Executor["runEpisode"] = (request) => this.#inner.runEpisode(request);
  runEntityBatch: Executor["runEntityBatch"] = (request) => this.#inner.runEntityBatch(request);
  runActivity: Executor["runActivity"] = (request) => this.#inner.runActivity(request);
  abortEpisode: Executor["abortEpisode"] = (episode, reason) => this.#inner.abortEpisode(episode, reason);
  abortActivity: Executor["abortActivity"] = (task, reason) => this.#inner.abortActivity(task, reason);
  forget: Executor["forget"] = (no) => this.#inner.forget(no);
  onHeartbeat: Executor["onHeartbeat"] = (listener) => this.#inner.onHeartbeat(listener);
  close: Executor["close"] = () => this.#inner.close();
}
