import type { EngineTaps, Recorded, TappedInstance } from "../../engine/taps.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { parseHistory } from "../../store/parse.ts";
import type { HistoryChunk } from "../../store/rows.ts";
import { startedIn, traceIn } from "../../telemetry/traces/instance-trace.ts";
import type { SpanSink } from "../../telemetry/traces/span.ts";
import type { FailureText } from "./failure-text.ts";
import { SpansOfExecution } from "./spans-of-execution.ts";

export interface RecordedSpansParts {
  readonly sink: SpanSink;
  readonly textOf: FailureText;
  /** Of the generation, for an instance that this process has not seen from its beginning. */
  readonly loadHistory: (no: InstanceNo, generation: number) => Promise<readonly HistoryChunk[]>;
}

/** What is known of one execution. */
interface Seen {
  readonly generation: number;
  /** Null: it is not traced. Undefined: that is not known yet. */
  spans: SpansOfExecution | null | undefined;
  /** What comes while its history is read. */
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

  /** Its span is made where it runs, and has its times from there. */
  onAttempt(): void {}

  #take(recorded: Recorded): void {
    const { instance, generation, events } = recorded;
    let seen = this.#seen.get(instance);
    if (seen === undefined || seen.generation !== generation) {
      seen = { generation, spans: this.#spansOf(instance, generation, events), waiting: null };
      this.#seen.set(instance, seen);
      if (seen.spans === undefined && recorded.firstSeq > 0) this.#read(recorded, seen);
    } else if (seen.spans === undefined && seen.waiting === null) seen.spans = this.#spansOf(instance, generation, events);
    if (recorded.isCopy) seen.spans?.remember(events);
    else if (seen.waiting === null) seen.spans?.take(events);
    else seen.waiting.push(recorded);
  }

  #read({ instance, generation, firstSeq }: Recorded, seen: Seen): void {
    seen.waiting = [];
    this.#parts
      .loadHistory(instance.state.no, generation)
      .then((chunks) => {
        const before: readonly HistoryEvent[] = parseHistory(chunks).slice(0, firstSeq);
        const waiting = seen.waiting?.flatMap(({ events }) => events) ?? [];
        const known = this.#spansOf(instance, generation, before);
        seen.spans = known === undefined ? this.#spansOf(instance, generation, waiting) : known;
        seen.spans?.remember(before);
        seen.spans?.take(waiting);
      })
      .catch(() => {}) // its spans are missing then; its history is the truth
      .finally(() => {
        seen.waiting = null;
      });
  }

  /** Undefined: its beginning is not among these events. */
  #spansOf(instance: TappedInstance, generation: number, events: readonly HistoryEvent[]): SpansOfExecution | null | undefined {
    const trace = traceIn(events, generation);
    if (trace === undefined) return undefined;
    if (trace === null || !trace.isSampled) return null;
    const { instanceId, name, version } = instance.state;
    const of = { trace, instanceId, name, version };
    const { seed, executionId } = startedIn(events) ?? trace;
    const { sink, textOf } = this.#parts;
    return new SpansOfExecution({ of, seed: seed ?? executionId, acceptedAt: instance.createdAt, sink, textOf });
  }
}
