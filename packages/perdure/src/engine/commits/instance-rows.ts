import { nextWake } from "../../core/next-wake.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { AuditNote } from "../../store/audit.ts";
import type { GroupCommit, HistoryAppend, InstanceUpdate, RunNote } from "../../store/commit.ts";
import type { ActiveInstance, RowContent } from "../instances/instance.ts";
import type { Recorded } from "../taps.ts";
import { keep } from "./task-rows.ts";

/** Rows of one instance's history grow together up to this many characters, so that a busy instance does not write a row an episode. */
const HISTORY_ROW_CHARS = 64 * 1_024;

/** What a row says that most updates leave as it is. */
export type RowExtra = Pick<InstanceUpdate, "input" | "labels" | "continuedAsNew" | "completed">;

/** What is appended to the history of an own instance. */
export interface Written extends Recorded {
  readonly instance: ActiveInstance;
}

const isSameContent = (a: RowContent, b: RowContent): boolean =>
  a.nextWake === b.nextWake &&
  a.status === b.status &&
  a.customStatus === b.customStatus &&
  a.generation === b.generation &&
  a.executionId === b.executionId;

/** The histories and rows of own instances that one batch writes. */
export class InstanceRows {
  readonly #history: HistoryAppend[] = [];
  readonly #updates = new Map<InstanceNo, InstanceUpdate>();
  readonly #notes: RunNote[] = [];
  readonly #lastRow = new Map<InstanceNo, number>();
  /** For taps. Kept also without them: a reference an episode costs less than to ask. */
  readonly #recorded: Recorded[] = [];

  get isEmpty(): boolean {
    return this.#updates.size === 0 && this.#history.length === 0;
  }

  get recorded(): readonly Recorded[] {
    return this.#recorded;
  }

  get count(): number {
    return this.#history.length + this.#updates.size;
  }

  /** What the store is asked to write. The version that a history names is compared where nothing else of this batch compares it: a row, or a birth. */
  sealed(isBorn: (no: InstanceNo) => boolean): Pick<GroupCommit, "history" | "updates" | "notes"> {
    const history = this.#history.map((row) => (this.isUpdated(row.no) || isBorn(row.no) ? { ...row, expectedVersion: null } : row));
    return { history, updates: [...this.#updates.values()], notes: this.#notes };
  }

  isUpdated(no: InstanceNo): boolean {
    return this.#updates.has(no);
  }

  /** The instances whose rows or histories change. */
  written(): ReadonlySet<InstanceNo> {
    return new Set([...this.#updates.keys(), ...this.#history.map(({ no }) => no)]);
  }

  /** Gives the length of the JSON text. */
  append(written: Written): number {
    this.#recorded.push(written);
    const { instance, generation, firstSeq, events, at } = written;
    const text = JSON.stringify(events);
    const index = this.#lastRow.get(instance.no);
    const last = index === undefined ? undefined : this.#history[index];
    if (
      index !== undefined &&
      last !== undefined &&
      last.generation === generation &&
      last.events.length + text.length <= HISTORY_ROW_CHARS
    ) {
      this.#history[index] = { ...last, count: last.count + events.length, events: `${last.events.slice(0, -1)},${text.slice(1)}`, at };
      return text.length;
    }
    this.#lastRow.set(instance.no, this.#history.length);
    const expectedVersion = instance.version;
    this.#history.push({ no: instance.no, expectedVersion, generation, firstSeq, count: events.length, events: text, at });
    return text.length;
  }

  /**
   * The instance's row as it stands now; none when nothing in it changes but the time, which the history row of the episode says as well.
   * Several episodes in one batch are one update.
   */
  update(instance: ActiveInstance, at: number, extra?: RowExtra): void {
    const { no, state } = instance;
    const earlier = this.#updates.get(no);
    const content: RowContent = {
      generation: state.generation,
      executionId: state.executionId,
      status: state.status,
      customStatus: state.customStatus,
      nextWake: nextWake(state, instance.rowTasks),
    };
    if (earlier === undefined) {
      if (extra === undefined && instance.crashes === 0 && instance.row !== null && isSameContent(instance.row, content)) return;
    }
    instance.rowChanges(content, earlier !== undefined);
    const expectedVersion = earlier?.expectedVersion ?? instance.version - 1;
    const row: InstanceUpdate = { no, expectedVersion, version: instance.version, ...content, updatedAt: at };
    const had = extraOf(earlier);
    this.#updates.set(no, had === undefined && extra === undefined ? row : { ...row, ...had, ...extra, ...timesOf(had, extra) });
  }

  note({ no }: ActiveInstance, note: AuditNote): void {
    this.#notes.push({ no, note });
  }

  forget(nos: ReadonlySet<InstanceNo>): void {
    keep(this.#recorded, ({ instance }) => !nos.has(instance.state.no));
    for (const no of nos) this.#updates.delete(no);
    keep(this.#history, ({ no }) => !nos.has(no));
    keep(this.#notes, ({ no }) => !nos.has(no));
    this.#lastRow.clear();
    for (const [index, row] of this.#history.entries()) this.#lastRow.set(row.no, index);
  }
}

/** What earlier episodes of the same batch have changed. */
function extraOf(update: InstanceUpdate | undefined): RowExtra | undefined {
  if (update?.input === undefined) return undefined;
  const { input, labels, continuedAsNew } = update;
  return { input, ...(labels === undefined ? {} : { labels }), ...(continuedAsNew === undefined ? {} : { continuedAsNew }) };
}

function timesOf(had: RowExtra | undefined, extra: RowExtra | undefined): RowExtra {
  const times = (had?.continuedAsNew ?? 0) + (extra?.continuedAsNew ?? 0);
  return times === 0 ? {} : { continuedAsNew: times };
}
