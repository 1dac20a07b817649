import type { InstanceNo, WorkerId } from "../../model/ids.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import type { FinishedTask, GroupCommit } from "../../store/commit.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { Batch } from "../commits/batch.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Loader } from "../ownership/loader.ts";
import type { Phase } from "../phase.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";
import type { OneByOne } from "./one-by-one.ts";

const LONGEST_PAUSE_MS = 30_000;
const RESULT_PAUSES: Pauses = { firstMs: 50, longestMs: LONGEST_PAUSE_MS };
const PAUSES: Pauses = { firstMs: 1_000, longestMs: LONGEST_PAUSE_MS };

export interface RoomPort {
  readonly phase: Phase;
  readonly identity: Identity;
  readonly activityRows: Pick<ActivityRows, "finish">;
  readonly loader: Pick<Loader, "load">;
  readonly table: Pick<InstanceTable, "byNo" | "startLoading" | "endLoading">;
  readonly oneByOne: Pick<OneByOne, "goFor">;
  readonly settings: Pick<WorkerSettings, "asideOverBytes" | "asideAfterRefusals">;
  readonly parts: Pick<WorkerParts, "log" | "scheduler">;
}

export type Advice =
  /** The same batch, later. */
  | { readonly kind: "wait" }
  /** One thing at a time. */
  | { readonly kind: "split"; readonly parts: number }
  /** This one alone does not fit: it waits, and others continue. */
  | { readonly kind: "aside"; readonly no: InstanceNo }
  /** As that, for results of activities on their way into the store. */
  | { readonly kind: "resultsAside" };

interface Waiting {
  readonly worker: WorkerId;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly pauseMs: number;
  /** Its time has come, and its next batch is on the way or being gathered. */
  isBack: boolean;
}

/**
 * For a store that has no room for a batch, on its disk or in its memory: work is sent one piece at a time, and a piece that does not fit alone is put aside
 * for a while, so that smaller ones of others get on where there is room for them. An instance that is aside is owned and not in memory.
 */
export class Room {
  readonly #port: RoomPort;
  readonly #aside = new Map<InstanceNo, Waiting>();
  #results: FinishedTask[] = [];
  /** In a row. */
  #resultRefusals = 0;
  /** How long it took last to read everything again. */
  #reloadMs = 0;

  constructor(port: RoomPort) {
    this.#port = port;
  }

  /** `refusals`: in a row, before this one. */
  advise(batch: Batch, commit: GroupCommit, refusals: number): Advice {
    const { asideOverBytes, asideAfterRefusals } = this.#port.settings;
    if (refusals < asideAfterRefusals && this.#aside.size + this.#results.length === 0) return { kind: "wait" };
    // A store without room for so little has none for anything.
    if (JSON.stringify(commit).length <= asideOverBytes) return { kind: "wait" };
    const written = [...batch.written()];
    const others = batch.separateOps;
    const parts = written.length + others + batch.tasks.finished.length;
    if (parts > 1) return { kind: "split", parts };
    if (batch.tasks.finished.length === 1) return { kind: "resultsAside" };
    const [no] = written;
    return no === undefined ? { kind: "split", parts: 1 } : { kind: "aside", no };
  }

  putAside(no: InstanceNo, detail: string): void {
    const { identity, parts, table } = this.#port;
    const before = this.#aside.get(no);
    const attempts = before === undefined ? 0 : before.attempts + 1;
    // All that are aside try one after the other: on a slow machine too, most of the time is for those who fit.
    const pauseMs = doublingPauseMs(PAUSES, attempts) + Math.round(4 * this.#reloadMs * (this.#aside.size + 1));
    const waiting: Waiting = { worker: identity.worker, attempts, pauseMs, isBack: false };
    this.#aside.set(no, waiting);
    const instanceId = table.byNo(no)?.state.instanceId ?? null;
    const message = `"${instanceId ?? no}" waits for room in the store: what its last episode wrote does not fit (${detail}). It is tried again in ${pauseMs / 1_000} s; others continue.`;
    parts.log.write({ level: "warn", event: "instance.waits-for-room", message, fields: { instanceId, pauseMs } });
    parts.scheduler.after(pauseMs, () => this.#bringBack(no, waiting));
  }

  /** Memory was cleared, and is filled again: those that are aside stay away. */
  keepAway(): void {
    const { identity, table } = this.#port;
    for (const [no, { worker, isBack }] of this.#aside) {
      if (worker !== identity.worker) this.#aside.delete(no);
      else if (!isBack) table.startLoading(no); // others that find it owned and not here then know that it is being read
    }
  }

  /** Results whose rows did not fit: their places in the queue of tasks stay this worker's. One at a time; `alone`: that is what was tried. */
  putResultsAside(results: readonly FinishedTask[], alone: boolean): void {
    if (alone) this.#resultRefusals += 1;
    const wasEmpty = this.#results.length === 0;
    this.#results.push(...results);
    if (wasEmpty && this.#results.length > 0) this.#nextResult();
  }

  reloaded(tookMs: number): void {
    this.#reloadMs = tookMs;
  }

  onDurable(batch: Batch): void {
    if (batch.tasks.finished.length > 0) this.#resultRefusals = 0;
    if (this.#aside.size === 0) return;
    for (const no of batch.written()) this.#aside.delete(no);
  }

  #bringBack(no: InstanceNo, waiting: Waiting): void {
    const { identity, phase, table } = this.#port;
    if (this.#aside.get(no) !== waiting || waiting.worker !== identity.worker || phase !== "running") return;
    waiting.isBack = true;
    table.endLoading(no);
    this.#port.oneByOne.goFor(1); // it tries again in a batch of its own
    this.#port.loader.load([no]).then(
      () => {
        if (table.byNo(no) === undefined) this.#aside.delete(no);
      },
      (error: unknown) => {
        saidByStore(error);
        this.#port.parts.scheduler.after(waiting.pauseMs, () => this.#bringBack(no, waiting));
      },
    );
  }

  #nextResult(): void {
    const { worker } = this.#port.identity;
    this.#port.parts.scheduler.after(doublingPauseMs(RESULT_PAUSES, this.#resultRefusals), () => {
      const [next, ...rest] = this.#results;
      const isOurs = this.#port.identity.worker === worker && this.#port.phase === "running";
      this.#results = isOurs ? rest : [];
      if (!isOurs || next === undefined) return;
      this.#port.activityRows.finish(next);
      if (rest.length > 0) this.#nextResult();
    });
  }
}
