import type { EpisodeCommit, EpisodeRun } from "../../core/apply-episode.ts";
import { applyEpisode } from "../../core/apply-episode.ts";
import { isFreshlyEdited } from "../../core/edited.ts";
import { fold, foldAll } from "../../core/fold.ts";
import type { Reception } from "../../core/receive.ts";
import { beginGeneration, setCustomStatus, waitForNothing } from "../../core/state.ts";
import type { TaskScheduled } from "../../model/history.ts";
import { executionId } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import type { Batch } from "../commits/batch.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WorkerParts } from "../options.ts";
import type { Births } from "../ownership/births.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";
import type { TurnRows } from "../turns/turn-rows.ts";

export interface EpisodeRowsPort {
  readonly committer: Pick<Committer, "gathering">;
  readonly births: Pick<Births, "add">;
  readonly turnRows: Pick<TurnRows, "send">;
  readonly fleet: Pick<Fleet, "keepsActivity">;
  readonly activityRows: Pick<ActivityRows, "leaveToAll" | "leaveUnawaited" | "cancelAll">;
  readonly parts: Pick<WorkerParts, "ids">;
}

const NO_CALLS: readonly TaskScheduled[] = [];
const NO_MAIL: readonly Mail[] = [];

/** Turns finished episodes into rows of the gathering batch and brings the states of their instances forward. Nothing leaves yet. */
export class EpisodeRows {
  readonly #port: EpisodeRowsPort;

  constructor(port: EpisodeRowsPort) {
    this.#port = port;
  }

  /** `run` null: no code ran, its mail was all there was to it. */
  add(instance: ActiveInstance, reception: Reception, mail: readonly Mail[], run: EpisodeRun | null): EpisodeCommit {
    const { committer, turnRows, parts } = this.#port;
    const batch = committer.gathering;
    const { state } = instance;
    const commit = applyEpisode(state, reception, run, () => executionId(parts.ids.guid()));
    const { generation, nextSeq } = state;
    const isOver = commit.end !== null || commit.next !== null;
    const open = state.activities.size > 0 && (isOver || isFreshlyEdited(state)) ? [...state.activities.values()] : NO_CALLS;
    if (!state.started && generation === 0 && run !== null) batch.starts(instance);
    if (commit.end !== null) instance.ends(commit.end, state.activities.size > countEnded(commit.events));
    foldAll(state, commit.events);
    if (commit.customStatus !== undefined) setCustomStatus(state, commit.customStatus);
    const taken = run === null ? NO_MAIL : mail;
    batch.appendHistory({ instance, generation, firstSeq: nextSeq, events: commit.events, at: reception.at, taken });
    batch.consume(instance, commit.end === null || commit.end.successor === null ? mail : mail.filter(isNotReplace));

    const calls = scheduledBy(commit, open);
    if (commit.end !== null) this.#end(batch, instance, commit, calls, generation, reception.at);
    else if (commit.next !== null) this.#nextGeneration(batch, instance, commit, calls, reception.at);
    else if (commit.events.length > 0) {
      if (!isFreshlyEdited(state)) for (const call of calls) this.#schedule(batch, instance, call, generation);
      batch.update(instance, reception.at);
    }
    turnRows.send(instance, commit, reception.at);
    return commit;
  }

  #end(
    batch: Batch,
    instance: ActiveInstance,
    commit: EpisodeCommit,
    calls: readonly TaskScheduled[],
    generation: number,
    at: number,
  ): void {
    const { state } = instance;
    const { end } = commit;
    if (end === null) return;
    if (end.status !== "Terminated") this.#keepScheduledRunning(instance, calls);
    if (end.status === "Terminated") this.#port.activityRows.cancelAll(instance.no, generation);
    instance.dropRowTasks();
    batch.update(instance, at, { completed: { output: end.output } });
    batch.ends(instance);
    if (end.successor !== null) addSuccessor(this.#port.births, batch, end.successor, at);
    waitForNothing(state);
  }

  #nextGeneration(batch: Batch, instance: ActiveInstance, commit: EpisodeCommit, calls: readonly TaskScheduled[], at: number): void {
    const { state } = instance;
    const { next } = commit;
    if (next === null) return;
    this.#keepScheduledRunning(instance, calls);
    instance.dropRowTasks();
    beginGeneration(state, next);
    batch.appendHistory({ instance, generation: state.generation, firstSeq: 0, events: next.carryOver, at });
    for (const event of next.carryOver) fold(state, event);
    batch.update(instance, at, { input: next.input, continuedAsNew: 1, ...(next.labels === null ? {} : { labels: next.labels }) });
  }

  /**
   * Its calls that have not begun: a row outlives the instance's own memory, and this commit is the last that knows them as calls to be made. One row each, so
   * `ctx.any` over 100,000 calls writes them all (decision 61 has the figures).
   */
  #keepScheduledRunning(instance: ActiveInstance, calls: readonly TaskScheduled[]): void {
    if (calls.length === 0) return;
    const answered = instance.mailbox.answersTo(instance.state.generation);
    for (const call of calls)
      if (!instance.rowTasks.has(call.id) && !answered.has(call.id)) this.#port.activityRows.leaveUnawaited(instance, call);
  }

  /** In this worker, or as a row for a worker that has the function and room. No attempt has been made: it is under no suspicion. */
  #schedule(batch: Batch, instance: ActiveInstance, scheduled: TaskScheduled, generation: number): void {
    const { fleet, activityRows } = this.#port;
    if (fleet.keepsActivity(instance, scheduled)) batch.startActivity({ instance, scheduled, generation });
    else activityRows.leaveToAll(instance, scheduled, 0);
  }
}

/**
 * The activities that begin with this commit. `open`: of earlier episodes, if they are to be seen to: those of an edited history, which waited for its first
 * episode, and all of an instance that goes no further.
 */
function scheduledBy({ events }: EpisodeCommit, open: readonly TaskScheduled[]): readonly TaskScheduled[] {
  const calls: TaskScheduled[] = [];
  if (open.length > 0) {
    const answers = new Set(events.map((event) => ("taskId" in event ? event.taskId : null)));
    for (const call of open) if (!answers.has(call.id)) calls.push(call);
  }
  for (const event of events) if (event.kind === "TaskScheduled") calls.push(event);
  return calls;
}

function countEnded(events: EpisodeCommit["events"]): number {
  let ended = 0;
  for (const event of events) if (event.kind === "TaskCompleted" || event.kind === "TaskFailed") ended += 1;
  return ended;
}

/** Its row goes with the old run: until then it says which mail is the successor's. */
const isNotReplace = ({ message }: Mail): boolean => message.kind !== "replace";

function addSuccessor(births: Pick<Births, "add">, batch: Batch, start: StartSpec, at: number): void {
  births.add(batch, start, { ifExists: null, onExisting: "replaceEnded", minted: false, at });
}
