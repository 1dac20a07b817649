import type { Executor } from "../model/executor.ts";

type Own = Partial<Omit<Executor, "offer">>;

/** The same executor, but for what is given. */
export const wrapExecutor = (inner: Executor, own: Own): Executor => new WrappedExecutor(inner, own);

/** A class, and each call a field: an object with accessors into which others are spread is looked up as a dictionary, for each call of the engine. */
class WrappedExecutor implements Executor {
  readonly wantsRecorded: boolean;
  readonly onOffer: Executor["onOffer"];
  readonly runEpisode: Executor["runEpisode"];
  readonly runEntityBatch: Executor["runEntityBatch"];
  readonly abortEpisode: Executor["abortEpisode"];
  readonly runActivity: Executor["runActivity"];
  readonly abortActivity: Executor["abortActivity"];
  readonly forget: Executor["forget"];
  readonly onHeartbeat: Executor["onHeartbeat"];
  readonly close: Executor["close"];
  readonly #inner: Executor;
  readonly #own: Own;

  constructor(inner: Executor, own: Own) {
    this.#inner = inner;
    this.#own = own;
    this.wantsRecorded = own.wantsRecorded ?? inner.wantsRecorded;
    this.onOffer = own.onOffer ?? ((listener) => inner.onOffer(listener));
    this.runEpisode = own.runEpisode ?? ((request) => inner.runEpisode(request));
    this.runEntityBatch = own.runEntityBatch ?? ((request) => inner.runEntityBatch(request));
    this.abortEpisode = own.abortEpisode ?? ((episode, reason) => inner.abortEpisode(episode, reason));
    this.runActivity = own.runActivity ?? ((request) => inner.runActivity(request));
    this.abortActivity = own.abortActivity ?? ((task, reason) => inner.abortActivity(task, reason));
    this.forget = own.forget ?? ((no) => inner.forget(no));
    this.onHeartbeat = own.onHeartbeat ?? ((listener) => inner.onHeartbeat(listener));
    this.close = own.close ?? (() => inner.close());
  }

  get offer(): Executor["offer"] {
    return this.#inner.offer;
  }

  get held(): NonNullable<Executor["held"]> {
    return this.#own.held ?? this.#inner.held ?? [];
  }
}
