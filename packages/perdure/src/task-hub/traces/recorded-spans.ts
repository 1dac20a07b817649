import type { EngineTaps, Recorded, TappedInstance } from "../../engine/taps.ts";
import type { ExecutionStarted, HistoryEvent } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { parseHistory } from "../../store/parse.ts";
import type { HistoryChunk } from "../../store/rows.ts";
import type { SpanSink } from "../../telemetry/traces/span.ts";
import type { InstanceTrace } from "./instance-trace.ts";
import { instanceTrace } from "./instance-trace.ts";
import { SpansOfExecution } from "./spans-of-execution.ts";

export interface RecordedSpansParts {
  readonly sink: SpanSink;
  /** Of the generation, for an instance that this process has not seen from its beginning. */
  readonly loadHistory: (no: InstanceNo, generation: number) => Promise<readonly HistoryChunk[]>;
}

/** What is known of one execution; while its history is read, what comes waits. */
interface Seen {
  readonly generation: number;
  spans: SpansOfExecution | null;
  waiting: Recorded[] | null;
}

/**
 * Spans from what is durable: a replay, and a commit that was refused or sent again, give none twice. What an instance began in another process is read from
 * its history, once.
 */
export class RecordedSpans implements EngineTaps {
  readonly #parts: RecordedSpansParts;
  readonly #seen = new WeakMap<TappedInstance, Seen>();

  constructor(parts: RecordedSpansParts) {
    this.#parts = parts;
  }

  onRecorded(recorded: readonly Recorded[]): void {
    for (const one of recorded) if (one.instance.state.entity === null) this.#take(one);
  }

  #take(recorded: Recorded): void {
    const { instance, generation, events } = recorded;
    const started = events.find((event): event is ExecutionStarted => event.kind === "ExecutionStarted");
    let seen = this.#seen.get(instance);
    if (started !== undefined) {
      seen = { generation, spans: spansOf(instance, instanceTrace(started), this.#parts.sink), waiting: null };
      this.#seen.set(instance, seen);
    } else if (seen === undefined || seen.generation !== generation) {
      seen = { generation, spans: null, waiting: [] };
      this.#seen.set(instance, seen);
      this.#read(recorded, seen);
    }
    if (seen.waiting !== null) seen.waiting.push(recorded);
    else seen.spans?.take(events);
  }

  #read({ instance, generation, firstSeq }: Recorded, seen: Seen): void {
    this.#parts
      .loadHistory(instance.state.no, generation)
      .then((chunks) => {
        const before: readonly HistoryEvent[] = parseHistory(chunks).slice(0, firstSeq);
        const started = before.find((event): event is ExecutionStarted => event.kind === "ExecutionStarted");
        if (started === undefined) return;
        seen.spans = spansOf(instance, instanceTrace(started), this.#parts.sink);
        seen.spans?.remember(before);
        for (const { events } of seen.waiting ?? []) seen.spans?.take(events);
      })
      .catch(() => {}) // its spans are missing then; its history is the truth
      .finally(() => {
        seen.waiting = null;
      });
  }
}

const spansOf = (instance: TappedInstance, trace: InstanceTrace | null, sink: SpanSink): SpansOfExecution | null =>
  trace === null ? null : new SpansOfExecution(instance, trace, sink);
