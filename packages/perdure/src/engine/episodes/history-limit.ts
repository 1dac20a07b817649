import { messageOf } from "../../errors/perdure-error.ts";
import type { Failure } from "../../model/failure.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { WorkerSettings } from "../options.ts";
import type { Episode, EpisodeRecord } from "./episode-record.ts";

export interface HistoryLimitPort {
  readonly settings: Pick<WorkerSettings, "maxHistoryEvents" | "maxHistoryBytes">;
  readonly record: Pick<EpisodeRecord, "add">;
}

/** The end of an execution whose history has reached the limit that is set. */
export class HistoryLimit {
  readonly #port: HistoryLimitPort;

  constructor(port: HistoryLimitPort) {
    this.#port = port;
  }

  /** No code of it runs any more. Only turns in which code would run ask: suspensions and ends are taken in any case. */
  isReached({ state }: ActiveInstance): boolean {
    const { maxHistoryEvents, maxHistoryBytes } = this.#port.settings;
    return state.nextSeq >= maxHistoryEvents || state.historyBytes >= maxHistoryBytes;
  }

  fail(episode: Episode): void {
    const { settings, record } = this.#port;
    const { name, instanceId, nextSeq, historyBytes } = episode.instance.state;
    const message = messageOf("HISTORY_LIMIT", name, instanceId, nextSeq, historyBytes, settings);
    const failure: Failure = { errorType: "HistoryLimitError", message, isNonRetriable: true };
    record.add(episode, { actions: [], outcome: { kind: "failed", failure }, opened: false });
  }
}
