import type { TaskScheduled } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { FinishedTask, GivenBackTask } from "../../store/commit.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { RunningTask } from "../activities/running-task.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { taskRow } from "./activity-call.ts";

export interface ActivityRowsPort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly table: Pick<InstanceTable, "byNo">;
  readonly dispatcher: Pick<Dispatcher, "get" | "withdraw">;
  readonly unoffered: Pick<Unoffered, "left">;
  readonly storeClock: StoreClock;
}

/**
 * The only part that writes rows of the task queue. A row that is made for an activity its instance waits for is noted there ({@link ActiveInstance.rowTasks}),
 * since the instance's own row then says another reason to wake.
 */
export class ActivityRows {
  readonly #port: ActivityRowsPort;

  constructor(port: ActivityRowsPort) {
    this.#port = port;
  }

  // --- rows that are made ---

  /**
   * For a worker that has the function and room. `crashes`: of the instance while an attempt may have been what ended its owners; 0 where none was made.
   * The instance's row is left to the caller.
   */
  leaveToAll(instance: ActiveInstance, scheduled: TaskScheduled, crashes: number): void {
    instance.rowGiven(scheduled.id);
    this.#add(instance, scheduled, crashes);
    this.#port.unoffered.left("activity", scheduled.name);
  }

  /** As that, of one that its orchestrator does not wait for any more. If it runs here it needs none: it has begun, and after an end it is told to give up. */
  leaveUnawaited(instance: ActiveInstance, scheduled: TaskScheduled): void {
    const { dispatcher } = this.#port;
    const task = dispatcher.get({ no: instance.no, generation: instance.state.generation, eventId: scheduled.id });
    if (task !== undefined && task.startedAt !== null) return;
    if (task !== undefined) dispatcher.withdraw(task);
    this.#add(instance, scheduled, task?.crashes ?? 0);
  }

  #add(instance: ActiveInstance, scheduled: TaskScheduled, crashes: number): void {
    const { committer, storeClock } = this.#port;
    committer.gathering.tasks.add(taskRow(storeClock, instance, scheduled, { claimed: false, crashes }));
  }

  /** A running attempt gets a row that this worker has claimed: it outlives the instance's own memory. */
  give(task: RunningTask): void {
    const { committer, storeClock } = this.#port;
    const found = this.#openCallOf(task);
    if (found === null) return;
    const { instance, scheduled } = found;
    const crashes = Math.max(instance.crashes, task.crashes);
    task.rowGiven({ attempts: 1, crashes });
    instance.rowGiven(scheduled.id);
    const batch = committer.gathering;
    batch.tasks.add({ ...taskRow(storeClock, instance, scheduled, { claimed: true, crashes }), progress: task.progress });
    batch.update(instance, storeClock.now());
    committer.requestSeal();
  }

  /** Before an instance leaves: what runs of it stays here, what waits is for all workers, and the next owner runs none of it beside them. */
  giveAll(instance: ActiveInstance): void {
    const { no, state, rowTasks } = instance;
    for (const { id: eventId } of state.activities.values()) {
      if (rowTasks.has(eventId)) continue;
      const task = this.#port.dispatcher.get({ no, generation: state.generation, eventId });
      if (task === undefined || task.row !== null) continue;
      if (task.startedAt === null) this.#layOut(task);
      else this.give(task);
    }
  }

  /** One that has not begun is left to all workers. False: its instance does not wait for it. */
  handOver(task: RunningTask): boolean {
    if (task.row === null) return this.#layOut(task);
    this.#giveBack(task, task.row.attempts);
    return true;
  }

  #layOut(task: RunningTask): boolean {
    const { committer, dispatcher, storeClock } = this.#port;
    const found = this.#openCallOf(task);
    if (found === null) return false;
    const { instance, scheduled } = found;
    dispatcher.withdraw(task);
    instance.rowGiven(scheduled.id);
    this.#add(instance, scheduled, task.crashes);
    committer.gathering.update(instance, storeClock.now());
    committer.requestSeal();
    return true;
  }

  #openCallOf({ request }: RunningTask): { readonly instance: ActiveInstance; readonly scheduled: TaskScheduled } | null {
    const instance = this.#port.table.byNo(request.no);
    if (instance === undefined || instance.leaving || instance.state.generation !== request.generation) return null;
    const scheduled = instance.state.activities.get(request.eventId);
    return scheduled === undefined ? null : { instance, scheduled };
  }

  /**
   * An attempt may end before the batch with its row has left: a row that was finished and made in one batch would stay for ever. The row is not
   * made then; an instance that is just leaving without the result gets a free row instead. False: the row was in an earlier batch.
   */
  withdraw(task: RunningTask): boolean {
    const { committer, table, storeClock } = this.#port;
    const { no, eventId } = task.request;
    const batch = committer.gathering;
    const unborn = batch.tasks.take(task.request);
    if (unborn === null) return false;
    const instance = table.byNo(no);
    if (instance?.leaving === true) batch.tasks.add({ ...unborn, claimed: false });
    else if (instance?.rowTakenBack(eventId) === true) batch.update(instance, storeClock.now()); // work without a row again
    task.rowWithdrawn();
    return true;
  }

  // --- rows that this worker has claimed ---

  #giveBack(task: RunningTask, attempts: number): void {
    const { no, generation, eventId } = task.request;
    this.#port.dispatcher.withdraw(task);
    if (task.progressUnsaved) this.#port.committer.gathering.tasks.beat({ no, generation, eventId, progress: task.progress });
    this.giveBack({ no, generation, eventId, attempts, crashes: task.crashes });
  }

  /** It is free again. */
  giveBack(row: GivenBackTask): void {
    this.#port.committer.gathering.tasks.giveBack(row);
    this.#port.committer.requestSeal();
  }

  finish(row: FinishedTask): void {
    this.#port.committer.gathering.tasks.finish(row);
    this.#port.committer.requestSeal();
  }

  /** The last heartbeat is in the row, which is made for it where there is none. */
  saveProgress(task: RunningTask): void {
    if (task.row === null) {
      this.give(task);
      return;
    }
    const { no, generation, eventId } = task.request;
    task.progressSaved();
    this.#port.committer.gathering.tasks.beat({ no, generation, eventId, progress: task.progress });
    this.#port.committer.requestSeal();
  }

  /** All of a terminated run. */
  cancelAll(no: InstanceNo, generation: number): void {
    this.#port.committer.gathering.tasks.cancel({ no, generation, eventId: null });
  }
}
