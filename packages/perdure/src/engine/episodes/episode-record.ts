import type { EpisodeRun } from "../../core/apply-episode.ts";
import type { Reception } from "../../core/receive.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WakeUps } from "../instances/wake-ups.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Fleet } from "../placement/fleet.ts";
import { logCommit, taskNamesFor } from "./episode-log.ts";
import type { EpisodeRows } from "./episode-rows.ts";
import type { HistoryWarning } from "./history-warning.ts";

/** An episode and what it was given. */
export interface Episode {
  readonly instance: ActiveInstance;
  readonly reception: Reception;
  readonly mail: readonly Mail[];
  /** What was delivered before it, if its history was edited. */
  readonly history?: readonly HistoryEvent[] | undefined;
}

export interface EpisodeRecordPort {
  readonly episodeRows: Pick<EpisodeRows, "add">;
  readonly settings: Pick<WorkerSettings, "keepCursors">;
  readonly parts: Pick<WorkerParts, "executor" | "log">;
  readonly historyWarning: Pick<HistoryWarning, "grown">;
  readonly wakeUps: Pick<WakeUps, "nextTurn">;
  readonly fleet: Pick<Fleet, "meter">;
}

/** Records an episode, in the gathering batch and in the log, and gives its instance the next turn. */
export class EpisodeRecord {
  readonly #port: EpisodeRecordPort;

  constructor(port: EpisodeRecordPort) {
    this.#port = port;
  }

  /** `run` null: no code ran. */
  add({ instance, reception, mail }: Episode, run: EpisodeRun | null): void {
    const { episodeRows, historyWarning, parts, settings, fleet } = this.#port;
    const { log, executor } = parts;
    const { generation } = instance.state;
    const names = taskNamesFor(log, instance.state, reception.events);
    const { nextSeq, historyBytes } = instance.state;
    const commit = episodeRows.add(instance, reception, mail, run);
    logCommit(log, instance, generation, commit, names);
    historyWarning.grown(instance, nextSeq, historyBytes);
    if (run !== null) for (const { message } of mail) if (message.kind === "event") fleet.meter.tookEvent(reception.at - message.ts);
    if (run !== null && executor.wantsRecorded) instance.wasRecorded(commit.next === null ? behindFresh(commit.events) : null);
    if (!settings.keepCursors || commit.next !== null) executor.forget(instance.no);
    this.#port.wakeUps.nextTurn(instance);
  }
}

/** What an episode has recorded behind what it was given. */
function behindFresh(events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const opened = events.findIndex(({ kind }) => kind === "OrchestratorStarted");
  if (opened < 0) return null;
  return events.slice(opened + (events[opened + 1]?.kind === "ExecutionStarted" ? 2 : 1));
}
