import type { InstanceNo } from "../../model/ids.ts";
import type { FinishedTask, GivenBackTask, NewTask, TaskCancel, TaskHeartbeat } from "../../store/commit.ts";

/** What one batch does to the rows of the task queue. */
export class TaskRows {
  readonly #added: NewTask[] = [];
  readonly #finished: FinishedTask[] = [];
  readonly #beats: TaskHeartbeat[] = [];
  readonly #givenBack: GivenBackTask[] = [];
  readonly #cancelled: TaskCancel[] = [];

  get isEmpty(): boolean {
    return this.#added.length + this.#finished.length + this.#beats.length + this.#givenBack.length + this.#cancelled.length === 0;
  }

  get added(): readonly NewTask[] {
    return this.#added;
  }

  get finished(): readonly FinishedTask[] {
    return this.#finished;
  }

  get beats(): readonly TaskHeartbeat[] {
    return this.#beats;
  }

  get givenBack(): readonly GivenBackTask[] {
    return this.#givenBack;
  }

  get cancelled(): readonly TaskCancel[] {
    return this.#cancelled;
  }

  add(row: NewTask): void {
    this.#added.push(row);
  }

  /** A row that was to be added is not; what it was to be, or null. */
  take({ no, generation, eventId }: Pick<NewTask, "no" | "generation" | "eventId">): NewTask | null {
    const at = this.#added.findIndex((row) => row.no === no && row.generation === generation && row.eventId === eventId);
    return at === -1 ? null : (this.#added.splice(at, 1)[0] ?? null);
  }

  finish(row: FinishedTask): void {
    this.#finished.push(row);
  }

  beat(row: TaskHeartbeat): void {
    this.#beats.push(row);
  }

  giveBack(row: GivenBackTask): void {
    this.#givenBack.push(row);
  }

  cancel(row: TaskCancel): void {
    this.#cancelled.push(row);
  }

  /** The others are as if they had never been. */
  keep(isKept: (row: { readonly no: InstanceNo }) => boolean): void {
    for (const rows of [this.#added, this.#finished, this.#beats, this.#givenBack, this.#cancelled])
      keep<{ readonly no: InstanceNo }>(rows, isKept);
  }
}

/** In place: a commit that was sealed shares the list. */
export function keep<Row>(rows: Row[], isKept: (row: Row) => boolean): void {
  const kept = rows.filter(isKept);
  if (kept.length < rows.length) rows.splice(0, rows.length, ...kept);
}
