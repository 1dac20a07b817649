import { freshEvents } from "../../core/apply-episode.ts";
import { isFreshlyEdited } from "../../core/edited.ts";
import type { AbortReason, EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import { parseHistory } from "../../store/parse.ts";
import type { HistoryChunk } from "../../store/rows.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { Committer } from "../commits/committer.ts";
import { isAlone } from "../crashes/suspicion.ts";
import { readEpisode } from "../executor/answer-shape.ts";
import { askForEpisode, lostBy } from "../executor/ask-executor.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { WorkerParts } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import { AskedTurns } from "../turns/asked-turns.ts";
import type { AskedEpisode } from "./asked-episode.ts";

/** The history in the store is behind memory for a moment: it is read again then … */
const SHORT_PAUSES: Pauses = { firstMs: 20, longestMs: 1_000 };
/** … after so many reads, a third of a second, it is said … */
const SHORT_READS_TO_SAY = 4;
/** … and after so many, half a minute, it is lost for good as far as a worker can know. */
const MOST_SHORT_READS = 35;
/** An episode whose history the store did not give is tried again then. */
const STORE_AWAY_MS = 1_000;

export interface EpisodeRequestsPort {
  readonly parts: Pick<WorkerParts, "executor" | "store" | "scheduler" | "log">;
  readonly committer: Pick<Committer, "flushed">;
  readonly leaving: Pick<Leaving, "stopUnreadable">;
  enqueue(instance: ActiveInstance): void;
}

export interface EpisodeRequestsHost {
  /** Once for each request; not for one that was dropped meanwhile. */
  onAnswer(asked: AskedEpisode, result: EpisodeResult): void;
  /** One of an executor's limited places is free. */
  onPlaceFree(): void;
}

/** What the executor is asked: an episode at a time for each instance, with the history where it needs that. */
export class EpisodeRequests {
  readonly #port: EpisodeRequestsPort;
  readonly #host: EpisodeRequestsHost;
  readonly asked: AskedTurns<AskedEpisode>;
  #attempts = 0;

  constructor(port: EpisodeRequestsPort, host: EpisodeRequestsHost) {
    this.#port = port;
    this.#host = host;
    this.asked = new AskedTurns(port.parts, "orchestrator", () => host.onPlaceFree());
  }

  /** `loaded`: the history, when it was read together with the instance. */
  add(asked: AskedEpisode, loaded: readonly HistoryEvent[] | null): void {
    this.asked.add(asked);
    this.#ask(asked, recordedOf(asked.instance, loaded ?? []));
  }

  /** The answer is no longer waited for. */
  abort(asked: AskedEpisode, reason: AbortReason): void {
    this.asked.drop(asked);
    this.#port.parts.executor.abortEpisode({ no: asked.instance.no, attempt: asked.attempt }, reason);
  }

  /** The executor has no cursor: it gets the recorded events. */
  replay(asked: AskedEpisode): void {
    if (asked.instance.gone) this.asked.drop(asked);
    else {
      asked.instance.load();
      this.#replay(asked);
    }
  }

  #ask(asked: AskedEpisode, history: readonly HistoryEvent[] | null): void {
    const { state, crashes, recorded } = asked.instance;
    const { no, instanceId, generation, name, version, episodes: episode } = state;
    this.#attempts += 1;
    const attempt = this.#attempts;
    asked.askedAs(attempt);
    const past = episode === 0 ? [] : history;
    if (past !== null && isFreshlyEdited(state)) asked.replays(past);
    const fresh = freshEvents(state, asked.reception);
    const request = { no, attempt, instanceId, generation, name, version, alone: isAlone(crashes), episode, history: past, fresh };
    const whole = recorded === null || past !== null ? request : { ...request, recorded };
    askForEpisode(this.#port.parts.executor, whole).then(
      (result) => this.#answered(asked, readEpisode(result, past !== null)),
      (error: unknown) => this.#answered(asked, lostBy(error)),
    );
  }

  #answered(asked: AskedEpisode, result: EpisodeResult): void {
    if (this.asked.has(asked)) this.#host.onAnswer(asked, result);
  }

  /** Once all of it is durable. */
  #replay(asked: AskedEpisode): void {
    const { committer, parts } = this.#port;
    const { instance } = asked;
    const whenDurable = instance.undurableBatches > 0 ? committer.flushed() : Promise.resolve();
    whenDurable
      .then(() => (instance.gone ? [] : parts.store.loadHistory(instance.no, instance.state.generation)))
      .then(
        (chunks) => this.#historyCame(asked, chunks),
        (error: unknown) => {
          saidByStore(error);
          // The store is away: the episode is given up, its mail stays, and it is tried again when the store answers.
          if (!this.asked.drop(asked) || instance.gone) return;
          instance.giveUp();
          parts.scheduler.after(STORE_AWAY_MS, () => this.#port.enqueue(instance));
        },
      );
  }

  #historyCame(asked: AskedEpisode, chunks: readonly HistoryChunk[]): void {
    const { instance } = asked;
    if (!this.asked.has(asked) || instance.gone) {
      this.asked.drop(asked);
      return;
    }
    const events = this.#read(asked, chunks);
    if (events === null) return;
    const recorded = recordedOf(instance, events);
    if (recorded === null) {
      this.#readShort(asked, events.length);
      return;
    }
    instance.loaded();
    this.#ask(asked, recorded);
  }

  /** Null: its instance is stopped, as one that is unreadable when it is loaded. */
  #read(asked: AskedEpisode, chunks: readonly HistoryChunk[]): readonly HistoryEvent[] | null {
    try {
      return parseHistory(chunks);
    } catch (error) {
      this.#stop(asked, error);
      return null;
    }
  }

  /** What is missing is on its way to the store, or the instance was lost, or the rows are. */
  #readShort(asked: AskedEpisode, events: number): void {
    const { log, scheduler } = this.#port.parts;
    const { instanceId } = asked.instance.state;
    const reads = asked.wasReadShort();
    const message = `The history of "${instanceId}" is incomplete in the store: ${events} events are there, and ${recordedCount(asked.instance)} were recorded`;
    if (reads >= MOST_SHORT_READS) {
      this.#stop(asked, new Error(message));
      return;
    }
    if (reads === SHORT_READS_TO_SAY) {
      const text = `${message}. It is read again for half a minute, then the instance is stopped.`;
      log.write({ level: "warn", event: "instance.history-incomplete", message: text, fields: { instanceId, events } });
    }
    scheduler.after(doublingPauseMs(SHORT_PAUSES, reads), () => this.#replay(asked));
  }

  /** Its mail stays. */
  #stop(asked: AskedEpisode, error: unknown): void {
    const { instance, mail } = asked;
    this.asked.drop(asked);
    instance.finishEpisode();
    this.#port.parts.executor.forget(instance.no);
    this.#port.leaving.stopUnreadable(instance, error, mail);
  }
}

const recordedCount = ({ state }: ActiveInstance): number => state.nextSeq - state.waiting.length;

/** What was delivered of its history; null when the events do not reach that far: replaying less than what happened would record a lie. */
function recordedOf(instance: ActiveInstance, events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const recorded = recordedCount(instance);
  return events.length < recorded ? null : events.slice(0, recorded);
}
