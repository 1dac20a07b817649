import type { EventOf, HistoryItem } from "../api/wire.ts";
import type { Point, Segment, TimelineRow } from "./timeline.ts";

interface TimerDraft {
  readonly item: HistoryItem;
  readonly event: EventOf<"TimerCreated">;
  end: { readonly item: HistoryItem; readonly isFired: boolean } | null;
}

interface EventDraft {
  readonly name: string;
  readonly start: number;
  readonly segments: Segment[];
  readonly points: Point[];
  readonly seqs: number[];
  /** Of the wait that is open. */
  since: number | null;
  /** Waits that ended by an event, by its place among those that were raised: one that did not fit is taken back. */
  readonly endedBy: Map<number, number>;
}

interface LockDraft {
  readonly item: HistoryItem;
  readonly event: EventOf<"EntityLockRequested">;
  granted: HistoryItem | null;
  released: HistoryItem | null;
}

/** What an orchestrator waits for that nobody works at: timers, events, locks of entities. */
export class TimelineWaits {
  readonly #timers = new Map<number, TimerDraft>();
  readonly #events = new Map<string, EventDraft>();
  readonly #locks = new Map<number, LockDraft>();
  #raised = 0;

  timerCreated(item: HistoryItem, event: EventOf<"TimerCreated">): void {
    this.#timers.set(event.id, { item, event, end: null });
  }

  timerEnded(item: HistoryItem, timerId: number, isFired: boolean): void {
    const timer = this.#timers.get(timerId);
    if (timer !== undefined) timer.end = { item, isFired };
  }

  raised({ seq }: HistoryItem, { name, ts }: EventOf<"EventRaised">): void {
    const draft = this.#event(name, ts);
    const at = this.#raised++;
    draft.points.push({ kind: "raised", at: ts, text: draft.since === null ? "raised, before it was waited for" : "raised" });
    draft.seqs.push(seq);
    if (draft.since === null) return;
    draft.endedBy.set(at, draft.since);
    close(draft, ts);
  }

  /** Names of what is waited for from here on. */
  waited({ seq }: HistoryItem, { ts, openEvents, droppedEvents }: EventOf<"OrchestratorCompleted">): void {
    for (const at of droppedEvents ?? []) this.#takeBack(at);
    if (openEvents === undefined) return;
    const open = new Map(openEvents.map((name) => [keyOf(name), name]));
    for (const [key, draft] of this.#events) if (draft.since !== null && !open.has(key)) close(draft, ts);
    for (const name of open.values()) {
      const draft = this.#event(name, ts);
      if (draft.since === null) draft.seqs.push(seq);
      draft.since ??= ts;
    }
  }

  lockRequested(item: HistoryItem, event: EventOf<"EntityLockRequested">): void {
    this.#locks.set(event.id, { item, event, granted: null, released: null });
  }

  lockGranted(item: HistoryItem, taskId: number): void {
    const lock = this.#locks.get(taskId);
    if (lock !== undefined) lock.granted = item;
  }

  lockReleased(item: HistoryItem, lockId: number): void {
    const lock = this.#locks.get(lockId);
    if (lock !== undefined) lock.released = item;
  }

  rows(end: number | null): readonly TimelineRow[] {
    return [
      ...[...this.#timers.values()].map((timer) => timerRow(timer, end)),
      ...[...this.#events.entries()].map(([key, draft]) => eventRow(key, draft, end)),
      ...[...this.#locks.values()].map((lock) => lockRow(lock, end)),
    ];
  }

  #event(name: string, at: number): EventDraft {
    const key = keyOf(name);
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    const draft: EventDraft = { name, start: at, segments: [], points: [], seqs: [], since: null, endedBy: new Map() };
    this.#events.set(key, draft);
    return draft;
  }

  /** The event did not fit what is waited for: the wait goes on as if it had not come. */
  #takeBack(at: number): void {
    for (const draft of this.#events.values()) {
      const since = draft.endedBy.get(at);
      if (since === undefined) continue;
      draft.segments.pop();
      draft.since = since;
    }
  }
}

/** Names of events are compared without case. */
const keyOf = (name: string): string => name.toLowerCase();

function close(draft: EventDraft, at: number): void {
  if (draft.since !== null) draft.segments.push({ kind: "event", from: draft.since, to: at, isFailed: false });
  draft.since = null;
}

const BASE = { depth: 1, attempts: [], instanceId: null, points: [] } as const;

function timerRow({ item, event, end: ended }: TimerDraft, end: number | null): TimelineRow {
  const to = ended?.item.event.ts ?? end;
  return {
    ...BASE,
    key: `timer:${event.id}`,
    kind: "timer",
    name: "Timer",
    note: "",
    start: event.ts,
    end: to,
    state: ended === null ? (end === null ? "open" : "canceled") : ended.isFired ? "done" : "canceled",
    segments: [{ kind: "timer", from: event.ts, to, isFailed: false }],
    dueAt: event.fireAt,
    seqs: ended === null ? [item.seq] : [item.seq, ended.item.seq],
  };
}

function eventRow(key: string, draft: EventDraft, end: number | null): TimelineRow {
  const { name, start, since, points, seqs } = draft;
  const segments: readonly Segment[] =
    since === null ? draft.segments : [...draft.segments, { kind: "event", from: since, to: end, isFailed: false }];
  const isOpen = since !== null && end === null;
  const isRaised = points.length > 0;
  return {
    ...BASE,
    key: `event:${key}`,
    kind: "event",
    name,
    note: "",
    start,
    end: isOpen ? null : (segments.at(-1)?.to ?? points.at(-1)?.at ?? end),
    state: isOpen ? "open" : isRaised && since === null ? "done" : "canceled",
    segments,
    points,
    dueAt: null,
    seqs,
  };
}

function lockRow({ item, event, granted, released }: LockDraft, end: number | null): TimelineRow {
  const got = granted?.event.ts ?? released?.event.ts ?? end;
  const to = released?.event.ts ?? end;
  const waited: Segment = { kind: "inLine", from: event.ts, to: got, isFailed: false };
  return {
    ...BASE,
    key: `lock:${event.id}`,
    kind: "lock",
    name: event.entities.join(", "),
    note: granted === null ? "asks for the lock" : "locked",
    start: event.ts,
    end: to,
    state: to === null ? "open" : granted === null ? "canceled" : "done",
    segments: granted === null ? [waited] : [waited, { kind: "held", from: granted.event.ts, to, isFailed: false }],
    dueAt: null,
    seqs: [item, granted, released].flatMap((one) => (one === null ? [] : [one.seq])),
  };
}
