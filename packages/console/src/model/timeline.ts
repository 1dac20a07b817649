import type { HistoryItem, Preview, WireFailure } from "../api/wire.ts";

/** What happened to one generation of an instance, as rows of time. Times are ms since 1970. */
export interface Timeline {
  readonly start: number;
  /** Null: it has not ended. */
  readonly end: number | null;
  /** The instance first; the rest in the order in which it began, what is open and only waits at the end. */
  readonly rows: readonly TimelineRow[];
}

export type RowKind = "instance" | "activity" | "child" | "entity" | "lock" | "timer" | "event" | "message";

export interface TimelineRow {
  /** Unique, and the same after the next event. */
  readonly key: string;
  readonly kind: RowKind;
  readonly depth: number;
  readonly name: string;
  /** Beside the name: a version, an id, an operation. */
  readonly note: string;
  readonly start: number;
  /** Null: it is open. */
  readonly end: number | null;
  readonly state: "open" | "done" | "failed" | "canceled";
  /** In rising order; none begins before the one in front of it has ended. */
  readonly segments: readonly Segment[];
  readonly points: readonly Point[];
  /** Of a call; else empty. */
  readonly attempts: readonly Attempt[];
  /** Of a child: the instance of its newest attempt. */
  readonly instanceId: string | null;
  /** When what is open goes on by itself. */
  readonly dueAt: number | null;
  /** Positions in the history. */
  readonly seqs: readonly number[];
}

/**
 * `inLine`, `ran`: told apart by the history. `unsplit`: a time in which a call was in line and then ran, and the history does not say when it
 * began to run: it has a look of its own, so that no bar mixes the two.
 */
export type SegmentKind = "inLine" | "ran" | "unsplit" | "pause" | "instance" | "suspended" | "child" | "timer" | "event" | "held";

export interface Segment {
  readonly kind: SegmentKind;
  readonly from: number;
  /** Null: it goes on. */
  readonly to: number | null;
  readonly isFailed: boolean;
}

export type PointKind = "episode" | "raised" | "sent" | "takeover" | "edited" | "patch";

export interface Point {
  readonly kind: PointKind;
  readonly at: number;
  readonly text: string;
}

export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly eventId: number;
  readonly scheduled: HistoryItem;
  readonly ended: HistoryItem | null;
  /** ms; null: not known, or not yet. `inLine + ran` is all of it. */
  readonly inLine: number | null;
  readonly ran: number | null;
  readonly total: number | null;
  readonly worker: number | null;
  readonly input: Preview | null;
  readonly result: Preview | null;
  readonly failure: WireFailure | null;
  /** End of the pause behind a failure; null: none was recorded. */
  readonly nextAt: number | null;
}

/** What is known of open calls beside the history: from the answer to why the instance waits. */
export interface OpenCall {
  readonly eventId: number;
  /** Up to here it was surely in line; null: nobody knows when it began to run, if it did. Infinity: it still is. */
  readonly inLineUntil: number | null;
  /** What is known of it, for beside its name. */
  readonly note: string;
}

export interface Takeover {
  readonly at: number;
  readonly worker: number;
  /** The worker lives: what ended is the thread in which it runs the app. */
  readonly isThread?: boolean;
}

/** Nothing of it moves with the clock: what is open has no end, and is drawn up to now. */
export interface TimelineFacts {
  /** Of the orchestrator, for a history whose beginning is not there. */
  readonly name?: string;
  readonly open?: readonly OpenCall[];
  readonly takeovers?: readonly Takeover[];
}

/** What waits, and does nothing meanwhile. */
const IDLE: ReadonlySet<SegmentKind> = new Set<SegmentKind>(["pause", "instance", "suspended", "timer", "event", "held"]);

export const isIdle = ({ kind }: Segment): boolean => IDLE.has(kind);

/** In line and running of an attempt: the times of the store and of the worker may differ by a little, and the two are never more than all of it. */
export function split(scheduledAt: number, endedAt: number, ran: number): { readonly inLine: number; readonly ran: number } {
  const total = Math.max(0, endedAt - scheduledAt);
  const running = Math.min(Math.max(0, ran), total);
  return { inLine: total - running, ran: running };
}
