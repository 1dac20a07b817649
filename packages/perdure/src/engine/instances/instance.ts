import type { InstanceEnd } from "../../core/apply-episode.ts";
import type { InstanceState } from "../../core/state.ts";
import { NO_MEMBERS } from "../../core/state.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { EventId, InstanceNo } from "../../model/ids.ts";
import type { InstanceUpdate } from "../../store/commit.ts";
import { crashesAfterLoss } from "../crashes/suspicion.ts";
import { Life } from "./life.ts";
import type { Mail } from "./mailbox.ts";
import { Mailbox } from "./mailbox.ts";

/** What an instance's row says that its history rows do not. */
export type RowContent = Pick<InstanceUpdate, "generation" | "executionId" | "status" | "customStatus" | "nextWake">;

/** What an instance is at first in this worker. */
export interface InstanceBirth {
  readonly state: InstanceState;
  /** As its row says. */
  readonly version: number;
  readonly crashes: number;
  readonly poisonCodeVersions: readonly string[];
  readonly createdAt: number;
  /** Monotonic. */
  readonly now: number;
  /** Its creation must be durable before its code may run: the id was chosen by a user. */
  readonly gated: boolean;
}

/** An instance that this worker owns, in memory. Its phases, and which may follow which: {@link Life}. */
export class ActiveInstance extends Life {
  readonly no: InstanceNo;
  readonly state: InstanceState;
  readonly mailbox = new Mailbox();
  /** As its row says. */
  readonly poisonCodeVersions: readonly string[];
  readonly createdAt: number;
  #version: number;
  #row: RowContent | null = null;
  #crashes: number;
  #losses = 0;
  #recorded: readonly HistoryEvent[] | null = null;
  #rowTasks: Set<EventId> | null = null;
  #undurableBatches = 0;
  #hasSpoken = false;
  #hasStrays = false;
  #end: InstanceEnd | null = null;
  #wakesAt: number | null = null;
  #touchedAt: number;

  constructor({ state, version, crashes, poisonCodeVersions, createdAt, now, gated }: InstanceBirth) {
    super(gated ? "gated" : "idle", state.instanceId);
    this.no = state.no;
    this.state = state;
    this.poisonCodeVersions = poisonCodeVersions;
    this.createdAt = createdAt;
    this.#version = version;
    this.#crashes = crashes;
    this.#touchedAt = now;
  }

  // --- its life ---

  get gated(): boolean {
    return this.phase === "gated";
  }

  /** An episode of it is under way. */
  get running(): boolean {
    return this.phase === "running" || this.phase === "away" || this.phase === "loading";
  }

  /** What comes in now may have to wait for long. */
  get isHeldUp(): boolean {
    return this.phase === "held" || this.phase === "away";
  }

  /** Something waits that ends it, whatever its episode does. */
  get isInterrupted(): boolean {
    return (this.phase === "away" || this.phase === "loading") && this.mailbox.hasEnd;
  }

  get leaving(): boolean {
    return this.phase === "leaving";
  }

  get gone(): boolean {
    return this.phase === "gone";
  }

  /** Its creation is durable. */
  open(): void {
    this.move("idle");
  }

  /** False when it is in line already, or may not be. */
  queue(): boolean {
    if (this.phase !== "idle" && !(this.phase === "held" && this.mailbox.hasEnd)) return false;
    this.move("queued");
    return true;
  }

  /** It had its turn, and no code is to run. */
  pass(): void {
    this.move("idle");
  }

  /** An episode begins with this mail. */
  run(mail: readonly Mail[]): void {
    this.move("running");
    this.mailbox.episodeHas(mail);
  }

  /** The turn is over, and the episode is not. */
  outlastTurn(): void {
    this.move("away");
  }

  /** Its history is to be read. */
  load(): void {
    this.move("loading");
  }

  /** … and was: its episode begins again. */
  loaded(): void {
    this.move("away");
  }

  /** What the episode has done is to be recorded. */
  finishEpisode(): void {
    this.move("idle");
    this.#losses = 0;
    this.mailbox.episodeDone();
  }

  /** The episode is given up. */
  giveUp(): void {
    this.move("idle");
    this.mailbox.episodeGivesBack();
  }

  /** The episode was not carried out: it waits for the next delivery. */
  hold(): void {
    this.move("held");
    this.mailbox.episodeGivesBack();
  }

  /** … which is now. False when something else became of it meanwhile. */
  again(): boolean {
    if (this.phase !== "held") return false;
    this.move("idle");
    return true;
  }

  /** Its release or stop is in the gathering batch; what waits in its mailbox leaves it. */
  leave(): readonly Mail[] {
    this.move("leaving");
    this.mailbox.forgetRows();
    return this.mailbox.empty();
  }

  /** It was not released. */
  stay(): void {
    this.move("idle");
  }

  go(): void {
    if (!this.gone) this.move("gone");
  }

  // --- its row ---

  /** Version of the row after the last batch that it went into. */
  get version(): number {
    return this.#version;
  }

  /** What its row says after that batch; null: not known, so the next episode writes it. */
  get row(): RowContent | null {
    return this.#row;
  }

  /** A batch writes the row. `again`: it does already. */
  rowChanges(content: RowContent, again: boolean): void {
    this.#row = content;
    if (!again) this.#version += 1;
  }

  /** Batches with changes of it that are not durable yet. */
  get undurableBatches(): number {
    return this.#undurableBatches;
  }

  entersBatch(): void {
    this.#undurableBatches += 1;
  }

  batchIsDurable(): void {
    this.#undurableBatches -= 1;
  }

  get crashes(): number {
    return this.#crashes;
  }

  /** Episodes in a row that were lost in this worker. */
  get losses(): number {
    return this.#losses;
  }

  /** The place is gone where an episode of it ran. */
  loses(atFault: boolean | null): void {
    this.#losses += 1;
    this.#crashes = crashesAfterLoss(this.#crashes, atFault);
  }

  /** An episode of it was recorded: it does not end its process. */
  clearCrashes(): void {
    this.#crashes = 0;
  }

  /** Open activities that have a task row. */
  get rowTasks(): ReadonlySet<EventId> {
    return this.#rowTasks ?? NO_MEMBERS;
  }

  rowGiven(task: EventId): void {
    this.#rowTasks ??= new Set();
    this.#rowTasks.add(task);
  }

  /** False when it had none. */
  rowTakenBack(task: EventId): boolean {
    return this.#rowTasks?.delete(task) === true;
  }

  /** It no longer waits for any. */
  dropRowTasks(): void {
    this.#rowTasks = null;
  }

  /** What its last episode has recorded behind its own fresh events; null: not known, or not wanted. */
  get recorded(): readonly HistoryEvent[] | null {
    return this.#recorded;
  }

  wasRecorded(events: readonly HistoryEvent[] | null): void {
    this.#recorded = events;
  }

  // --- what became of it ---

  /** An episode of it has sent messages or made other instances. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  speaks(): void {
    this.#hasSpoken = true;
  }

  /** How it ended, once an episode has ended it. */
  get end(): InstanceEnd | null {
    return this.#end;
  }

  /** It ended while activities of it were running. */
  get hasStrays(): boolean {
    return this.#hasStrays;
  }

  ends(end: InstanceEnd, hasStrays: boolean): void {
    this.#end = end;
    this.#hasStrays = hasStrays;
  }

  /** When the timer queue was last told to wake it. */
  get wakesAt(): number | null {
    return this.#wakesAt;
  }

  wakeAt(at: number | null): void {
    this.#wakesAt = at;
  }

  /** Monotonic time of its last episode. */
  get touchedAt(): number {
    return this.#touchedAt;
  }

  touch(now: number): void {
    this.#touchedAt = now;
  }
}
