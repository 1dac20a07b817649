import type { Executor } from "../model/executor.ts";

/** The same executor, but for what is given. */
export const wrapExecutor = (inner: Executor, own: Partial<Omit<Executor, "offer">>): Executor => ({
  get offer() {
    return inner.offer;
  },
  wantsRecorded: inner.wantsRecorded,
  get held() {
    return inner.held ?? [];
  },
  onOffer: (listener) => inner.onOffer(listener),
  runEpisode: (request) => inner.runEpisode(request),
  runEntityBatch: (request) => inner.runEntityBatch(request),
  abortEpisode: (episode, reason) => inner.abortEpisode(episode, reason),
  runActivity: (request) => inner.runActivity(request),
  abortActivity: (task, reason) => inner.abortActivity(task, reason),
  forget: (no) => inner.forget(no),
  onHeartbeat: (listener) => inner.onHeartbeat(listener),
  close: () => inner.close(),
  ...own,
});
