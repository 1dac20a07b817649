import type { EpisodeRun } from "../../core/apply-episode.ts";
import { isDone } from "../../core/fold.ts";
import { earliestTimer } from "../../core/next-wake.ts";
import type { Reception } from "../../core/receive.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { gatherEpisode } from "../commits/gather.ts";
import type { Engine } from "../engine.ts";
import { logCommit, taskNamesFor } from "../engine-events.ts";
import type { ActiveInstance } from "./instance.ts";
import { release, stopInstance } from "./leaving.ts";
import { isSuspectAtRest } from "./load.ts";
import type { Mail } from "./mailbox.ts";

/** An episode and what it was given. */
export interface Episode {
  readonly instance: ActiveInstance;
  readonly reception: Reception;
  readonly mail: readonly Mail[];
}

/** What an episode has done becomes rows of the gathering batch. `run` null: no code ran, its mail was all there was to it. */
export function finishEpisode(engine: Engine, { instance, reception, mail }: Episode, run: EpisodeRun | null): void {
  const { generation } = instance.state;
  if (run === null && reception.events.length === 0) {
    engine.committer.gathering.consume(instance, mail);
    if (mail.length > 0) engine.committer.requestSeal();
    if (isSuspectAtRest(engine, instance)) release(engine, instance);
    else continueInstance(engine, instance);
    return;
  }
  const names = taskNamesFor(engine, instance.state, reception.events);
  const commit = gatherEpisode(engine, instance, reception, mail, run);
  logCommit(engine, instance, generation, commit, names);
  if (run !== null && engine.parts.executor.wantsRecorded) instance.wasRecorded(commit.next === null ? behindFresh(commit.events) : null);
  if (!engine.settings.keepCursors || commit.next !== null) engine.parts.executor.forget(instance.no);
  continueInstance(engine, instance);
}

/** It may not be recorded: the instance is stopped, or goes where its function is. */
export function endWithoutRecord(engine: Engine, episode: Episode, result: Extract<EpisodeResult, { readonly kind: "stopped" }>): void {
  const { instance, mail } = episode;
  engine.parts.executor.forget(instance.no);
  if (result.code === "FUNCTION_NOT_REGISTERED" && isSettledElsewhere(engine, episode)) return;
  const reason = { code: result.code, message: result.message, codeMayCure: result.code !== "INTERNAL" };
  stopInstance(engine, instance, reason, mail);
}

/**
 * This worker lacks the function. Another has it: the instance goes there. Nobody has: a call of it fails, when it has not begun anywhere; all
 * other instances are stopped, until a worker comes that has it.
 */
function isSettledElsewhere(engine: Engine, episode: Episode): boolean {
  const { fleet, unoffered } = engine;
  const { instance, mail } = episode;
  const { name, parent, started } = instance.state;
  if (!fleet.knows("orchestrator", name) && fleet.othersKnow("orchestrator", name)) {
    instance.mailbox.putBack(mail);
    release(engine, instance);
    return true;
  }
  if (parent === null || started) {
    unoffered.stopped(name);
    return false;
  }
  const failure = functionNotFound("FUNCTION_NOT_OFFERED", "orchestrator", name, engine.fleet.known("orchestrator"));
  finishEpisode(engine, episode, { actions: [], outcome: { kind: "failed", failure }, opened: false });
  return true;
}

/** What an episode has recorded behind what it was given. */
function behindFresh(events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const opened = events.findIndex(({ kind }) => kind === "OrchestratorStarted");
  if (opened < 0) return null;
  return events.slice(opened + (events[opened + 1]?.kind === "ExecutionStarted" ? 2 : 1));
}

function continueInstance(engine: Engine, instance: ActiveInstance): void {
  if (isDone(instance.state)) return;
  engine.armTimer(instance);
  const { state } = instance;
  const due = earliestTimer(state);
  const isNewGeneration = !state.started && state.generation > 0 && !state.suspended;
  if (!instance.mailbox.isEmpty || isNewGeneration || (due !== null && due <= engine.storeClock.now())) engine.enqueue(instance);
}
