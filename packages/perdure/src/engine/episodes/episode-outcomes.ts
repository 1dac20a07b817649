import type { EpisodeRun } from "../../core/apply-episode.ts";
import { isDone } from "../../core/fold.ts";
import { earliestTimer } from "../../core/next-wake.ts";
import type { Reception } from "../../core/receive.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Committer } from "../commits/committer.ts";
import { numbered } from "../executor/ask-executor.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WakeUps } from "../instances/wake-ups.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { logCommit, taskNamesFor } from "./episode-log.ts";
import type { EpisodeRows } from "./episode-rows.ts";
import type { Redelivery } from "./redelivery.ts";
import { isNotRun } from "./redelivery.ts";

/** An episode and what it was given. */
export interface Episode {
  readonly instance: ActiveInstance;
  readonly reception: Reception;
  readonly mail: readonly Mail[];
}

export interface EpisodeOutcomesPort {
  readonly episodeRows: EpisodeRows;
  readonly redelivery: Redelivery;
  readonly leaving: Leaving;
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly fleet: Pick<Fleet, "knows" | "othersKnow" | "known">;
  readonly unoffered: Pick<Unoffered, "stopped">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly settings: Pick<WorkerSettings, "keepCursors">;
  readonly parts: Pick<WorkerParts, "executor" | "log">;
  readonly wakeUps: Pick<WakeUps, "arm">;
  enqueue(instance: ActiveInstance): void;
}

/** What becomes of an episode: it is recorded, delivered again, or its instance is stopped or goes elsewhere. */
export class EpisodeOutcomes {
  readonly #port: EpisodeOutcomesPort;

  constructor(port: EpisodeOutcomesPort) {
    this.#port = port;
  }

  /** The executor has answered. */
  answered(episode: Episode, answer: Exclude<EpisodeResult, { readonly kind: "historyNeeded" }>): void {
    const { instance } = episode;
    const result = numbered(instance.state, answer);
    if (isNotRun(result)) {
      this.#port.redelivery.redeliver(instance, result);
      return;
    }
    instance.finishEpisode();
    if (result.kind === "stopped") this.#endWithoutRecord(episode, result);
    else this.#finish(episode, result);
  }

  /** No code is to run: its mail was all there was to it. */
  withoutCode(episode: Episode): void {
    const { instance, reception, mail } = episode;
    const { committer, leaving } = this.#port;
    if (reception.decision === "stop") {
      // The stop is dropped, what came before it waits for the next try.
      const before = mail.slice(0, -1);
      committer.gathering.consume(instance, mail.slice(-1));
      leaving.stopAsPoison(instance, { code: "ACTIVITY_POISON", message: reception.poison ?? "" }, before);
    } else if (reception.events.length > 0) this.#finish(episode, null);
    else {
      committer.gathering.consume(instance, mail);
      if (mail.length > 0) committer.requestSeal();
      if (!leaving.releaseSuspectAtRest(instance)) this.#continue(instance);
    }
  }

  /** What it has done becomes rows of the gathering batch. */
  #finish({ instance, reception, mail }: Episode, run: EpisodeRun | null): void {
    const { episodeRows, parts, settings } = this.#port;
    const { log, executor } = parts;
    const { generation } = instance.state;
    const names = taskNamesFor(log, instance.state, reception.events);
    const commit = episodeRows.add(instance, reception, mail, run);
    logCommit(log, instance, generation, commit, names);
    if (run !== null && executor.wantsRecorded) instance.wasRecorded(commit.next === null ? behindFresh(commit.events) : null);
    if (!settings.keepCursors || commit.next !== null) executor.forget(instance.no);
    this.#continue(instance);
  }

  /** It may not be recorded: the instance is stopped, or goes where its function is. */
  #endWithoutRecord(episode: Episode, result: Extract<EpisodeResult, { readonly kind: "stopped" }>): void {
    const { instance, mail } = episode;
    const { parts, leaving } = this.#port;
    parts.executor.forget(instance.no);
    if (result.code === "FUNCTION_NOT_REGISTERED" && this.#leavesOrFails(episode)) return;
    leaving.stop(instance, { code: result.code, message: result.message, codeMayCure: result.code !== "INTERNAL" }, mail);
  }

  /**
   * This worker lacks the function. Another has it: the instance goes there. None has: a call of it fails, when it has not begun anywhere; all
   * other instances are stopped, until a worker comes that has it.
   */
  #leavesOrFails(episode: Episode): boolean {
    const { fleet, unoffered, leaving } = this.#port;
    const { instance, mail } = episode;
    const { name, parent, started } = instance.state;
    if (!fleet.knows("orchestrator", name) && fleet.othersKnow("orchestrator", name)) {
      instance.mailbox.putBack(mail);
      leaving.release(instance);
      return true;
    }
    if (parent === null || started) {
      unoffered.stopped(name);
      return false;
    }
    const failure = functionNotFound("FUNCTION_NOT_OFFERED", "orchestrator", name, fleet.known("orchestrator"));
    this.#finish(episode, { actions: [], outcome: { kind: "failed", failure }, opened: false });
    return true;
  }

  #continue(instance: ActiveInstance): void {
    const { state } = instance;
    if (isDone(state)) return;
    this.#port.wakeUps.arm(instance);
    const due = earliestTimer(state);
    const isNewGeneration = !state.started && state.generation > 0 && !state.suspended;
    if (!instance.mailbox.isEmpty || isNewGeneration || (due !== null && due <= this.#port.storeClock.now())) this.#port.enqueue(instance);
  }
}

/** What an episode has recorded behind what it was given. */
function behindFresh(events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const opened = events.findIndex(({ kind }) => kind === "OrchestratorStarted");
  if (opened < 0) return null;
  return events.slice(opened + (events[opened + 1]?.kind === "ExecutionStarted" ? 2 : 1));
}
