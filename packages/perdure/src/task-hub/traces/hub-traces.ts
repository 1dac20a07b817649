import type { StartTracing } from "../../client/start-tracing.ts";
import type { EngineTaps } from "../../engine/taps.ts";
import type { Executor } from "../../model/executor.ts";
import type { TraceContext } from "../../model/trace.ts";
import type { Store } from "../../store/contract.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { OtlpSender } from "../../telemetry/traces/otlp-sender.ts";
import { readableSpan } from "../../telemetry/traces/readable-span.ts";
import { samplerOf } from "../../telemetry/traces/sampler.ts";
import type { Attributes, SpanSink } from "../../telemetry/traces/span.ts";
import type { TracesOptions } from "../traces-option.ts";
import { RecordedSpans } from "./recorded-spans.ts";
import { tracedExecutor } from "./traced-executor.ts";
import { tracedStarts } from "./traced-starts.ts";

export interface HubTracesParts {
  readonly options: TracesOptions;
  readonly store: Pick<Store, "loadHistory">;
  /** Store time, ms since 1970. */
  readonly now: () => number;
  readonly worker: () => number | null;
  readonly log: EngineLog;
  readonly active: () => TraceContext | null;
}

/** The traces of a hub, made where they are asked for: without them nothing is wrapped. */
export class HubTraces {
  readonly taps: EngineTaps;
  readonly starts: StartTracing;
  readonly #parts: HubTracesParts;
  readonly #sender: OtlpSender | null;
  readonly #sink: SpanSink;

  constructor(parts: HubTracesParts) {
    const { options, store, now, active } = parts;
    this.#parts = parts;
    const resource = resourceOf(options);
    const { spans, version = "unknown" } = options;
    this.#sender =
      options.url === undefined
        ? null
        : new OtlpSender({ url: options.url, headers: options.headers ?? {}, resource, version, log: parts.log });
    const sender = this.#sender;
    const give = spans === undefined ? null : readableSpan({ spans, resource, version });
    this.#sink = (span) => {
      sender?.add(span);
      give?.(span);
    };
    this.taps = new RecordedSpans({ sink: this.#sink, loadHistory: (no, generation) => store.loadHistory(no, generation) });
    this.starts = tracedStarts({ sink: this.#sink, sampler: samplerOf(options.sampler, options.samplerArg), now, active });
  }

  executor(executor: Executor): Executor {
    const { now, worker } = this.#parts;
    return tracedExecutor(executor, { sink: this.#sink, now, worker });
  }

  /** What waits is sent. */
  async close(): Promise<void> {
    await this.#sender?.flush();
  }
}

const resourceOf = ({ service, attributes }: TracesOptions): Attributes => ({ "service.name": service ?? "perdure", ...attributes });
