import type { PoisonCause } from "../../errors/poison-cause.ts";
import type { AbortReason, ActivityRequest, ActivityResult, Lost, NotRun } from "../../model/executor.ts";
import type { Payload } from "../../model/payload.ts";
import { crashesAfterLoss, isAlone } from "../crashes/suspicion.ts";

/** How an activity ends that will not be delivered again by this worker. */
export type Attempt = Exclude<ActivityResult, NotRun> | { readonly kind: "poison"; readonly cause: PoisonCause };

export const ABORTED_UNASKED: Lost = { kind: "lost", atFault: false, reason: "the executor has aborted it unasked" };

/** Of the task queue; `attempts` is the claim under which the task runs. */
export interface ClaimedRow {
  readonly attempts: number;
  readonly crashes: number;
}

/** What is to run under a key. */
export interface Submission {
  readonly request: ActivityRequest;
  /** Null: it has none. */
  readonly row: ClaimedRow | null;
  /** The result is no longer waited for (its instance ended); it runs because it was recorded. */
  readonly resultDropped: boolean;
}

/**
 * One attempt of an activity in this worker: `waiting` for its turn or for a place, `running`, or `ended`. From running it may come to wait again: its
 * place was lost, or declined it. Any other step is a defect.
 */
export class RunningTask implements Submission {
  #request: ActivityRequest;
  #row: ClaimedRow | null;
  #resultDropped: boolean;
  #phase: "waiting" | "running" | "ended" = "waiting";
  #startedAt: number | null = null;
  #crashes: number;
  #losses = 0;
  #leaveGate: (() => void) | null = null;
  #progress: Payload | null;
  #progressUnsaved = false;
  #aborted: AbortReason | null = null;
  #isForOthers = false;
  #next: Submission | null = null;
  /** When it came into the line, monotonic; null: that is not measured. */
  readonly cameAt: number | null;

  constructor({ request, row, resultDropped }: Submission, cameAt: number | null) {
    this.cameAt = cameAt;
    this.#request = request;
    this.#row = row;
    this.#resultDropped = resultDropped;
    this.#crashes = row?.crashes ?? 0;
    this.#progress = request.progress;
  }

  get request(): ActivityRequest {
    return this.#request;
  }

  // --- its phases ---

  /** Monotonic; null while it does not run. */
  get startedAt(): number | null {
    return this.#startedAt;
  }

  begin(now: number): void {
    this.#expect("waiting");
    this.#phase = "running";
    this.#startedAt = now;
    this.#isForOthers = false;
  }

  /** It has not run, and waits for the next delivery. */
  waitAgain(): void {
    this.#expect("running");
    this.#phase = "waiting";
    this.#startedAt = null;
    this.leaveGate();
  }

  end(): void {
    if (this.#phase !== "waiting") this.#expect("running");
    this.#phase = "ended";
    this.leaveGate();
  }

  #expect(phase: "waiting" | "running"): void {
    if (this.#phase === phase) return;
    throw new Error(`activity ${this.#request.eventId} of "${this.#request.instanceId}" is ${this.#phase}, expected ${phase}`);
  }

  /** Of suspects. `leave` tells the gate that it does not run any more. */
  enterGate(leave: () => void): void {
    this.#leaveGate = leave;
  }

  leaveGate(): void {
    this.#leaveGate?.();
    this.#leaveGate = null;
  }

  // --- its row in the task queue ---

  get row(): ClaimedRow | null {
    return this.#row;
  }

  /** It runs under another claim from now on. */
  claimedAs(row: ClaimedRow): void {
    this.#row = row;
    this.#crashes = Math.max(this.#crashes, row.crashes);
  }

  rowGiven(row: ClaimedRow): void {
    this.#row = row;
    this.#progressUnsaved = false;
  }

  /** It will not be written. */
  rowWithdrawn(): void {
    this.#row = null;
  }

  /** Of the last heartbeat. */
  get progress(): Payload | null {
    return this.#progress;
  }

  /** It is not on its way to the store yet. */
  get progressUnsaved(): boolean {
    return this.#progressUnsaved;
  }

  heartbeat(progress: Payload | null): void {
    this.#progress = progress;
    this.#progressUnsaved = true;
  }

  progressSaved(): void {
    this.#progressUnsaved = false;
  }

  // --- what it is suspected of ---

  /** Those of its row, and the places that were lost with it since. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Times in a row that it was lost in this worker. */
  get losses(): number {
    return this.#losses;
  }

  /** The place is gone where it ran. */
  loses(atFault: boolean | null): void {
    this.#losses += 1;
    this.#crashes = crashesAfterLoss(this.#crashes, atFault);
    if (isAlone(this.#crashes)) this.#request = { ...this.#request, alone: true };
  }

  // --- who wants it ---

  get resultDropped(): boolean {
    return this.#resultDropped;
  }

  /** Its instance has ended. */
  dropResult(): void {
    this.#resultDropped = true;
  }

  /** It was told to give up; the first reason stays, unless {@link declined}. */
  get aborted(): AbortReason | null {
    return this.#aborted;
  }

  abort(reason: AbortReason): void {
    this.#aborted ??= reason;
  }

  /**
   * It waits, and has a row that this worker has claimed. A termination deletes the row; any other end of the instance leaves it, and with it its
   * slot: for as long as this worker lives, unless it runs here.
   */
  outlives(reason: AbortReason): boolean {
    return this.#phase === "waiting" && this.#row !== null && (reason === "completed" || reason === "failed");
  }

  /** The executor has declined it, and another worker may have a place for it. */
  get isForOthers(): boolean {
    return this.#isForOthers;
  }

  declined(isForOthers: boolean): void {
    this.#isForOthers = isForOthers;
    // Its instance ended while it was asked for: it has not begun after all, and was recorded as scheduled.
    if (this.#aborted === "completed" || this.#aborted === "failed") this.#aborted = null;
  }

  /** The attempt that is to follow it. */
  get next(): Submission | null {
    return this.#next;
  }

  followedBy(next: Submission): void {
    this.#next = next;
  }
}
