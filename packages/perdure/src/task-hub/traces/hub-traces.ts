import type { ClientTracing } from "../../client/client-tracing.ts";
import type { EngineTaps } from "../../engine/taps.ts";
import type { Worker } from "../../engine/worker.ts";
import type { Executor } from "../../model/executor.ts";
import type { Store } from "../../store/contract.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import { OpenTelemetry } from "../../telemetry/traces/open-telemetry.ts";
import { OtlpSender } from "../../telemetry/traces/otlp-sender.ts";
import { readableSpan } from "../../telemetry/traces/readable-span.ts";
import { samplerOf } from "../../telemetry/traces/sampler.ts";
import type { Attributes, SpanSink } from "../../telemetry/traces/span.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { TracesOptions } from "../traces-option.ts";
import type { FailureText } from "./failure-text.ts";
import { failureText } from "./failure-text.ts";
import { RecordedSpans } from "./recorded-spans.ts";
import { tracedClient } from "./traced-client.ts";
import { tracedExecutor } from "./traced-executor.ts";
import { tracedLog } from "./traced-log.ts";

export interface HubTracesParts {
  readonly options: TracesOptions;
  readonly store: Pick<Store, "loadHistory">;
  /** Store time, ms since 1970. */
  readonly now: () => number;
  readonly worker: () => Worker | null;
  readonly log: EngineLog;
  readonly openTelemetry: OpenTelemetry | null;
}

/** Null: the app has none. */
export const loadOpenTelemetry = (): Promise<OpenTelemetry | null> => OpenTelemetry.load();

/** The traces of a hub, made where they are asked for: without them nothing is wrapped. */
export class HubTraces {
  readonly taps: EngineTaps;
  readonly client: ClientTracing;
  readonly #parts: HubTracesParts;
  readonly #sender: OtlpSender | null;
  readonly #sink: SpanSink;
  readonly #textOf: FailureText;

  constructor(parts: HubTracesParts) {
    const { options, store, now, openTelemetry } = parts;
    this.#parts = parts;
    const resource = resourceOf(options);
    const { spans, version = "unknown" } = options;
    this.#sender =
      options.url === undefined
        ? null
        : new OtlpSender({ url: options.url, headers: options.headers ?? {}, resource, version, log: parts.log });
    const sender = this.#sender;
    const give = spans === undefined ? null : guarded(readableSpan({ spans, resource, version }), parts.log);
    this.#sink = (span) => {
      sender?.add(span);
      give?.(span);
    };
    this.#textOf = failureText(options.failures);
    this.taps = new RecordedSpans({
      sink: this.#sink,
      textOf: this.#textOf,
      loadHistory: (no, generation) => store.loadHistory(no, generation),
    });
    const sampler = samplerOf(options.sampler, options.samplerArg);
    this.client = tracedClient({ sink: this.#sink, sampler, now, active: () => openTelemetry?.active() ?? null });
  }

  executor(executor: Executor): Executor {
    const { now, worker } = this.#parts;
    return tracedExecutor(executor, { sink: this.#sink, now, worker: () => worker()?.id ?? null, textOf: this.#textOf });
  }

  log(log: EngineLog): EngineLog {
    return tracedLog(log, (instanceId) => this.#parts.worker()?.peek(instanceId)?.state ?? null);
  }

  /** What waits is sent. */
  async close(): Promise<void> {
    await this.#sender?.close();
  }
}

/** What is thrown there is a fault of the app's exporter, and none of what it is told. */
function guarded(give: SpanSink, log: EngineLog): SpanSink {
  const complaints = new Repeated();
  return (span) => {
    try {
      give(span);
    } catch (error) {
      const problem = errorText(error);
      const message = `A span could not be given to \`spans\`, which throws: ${problem}. It is lost; nothing else is affected.`;
      if (complaints.isDue(problem)) log.write({ level: "warn", event: "traces.not-given", message, fields: { error } });
    }
  };
}

const resourceOf = ({ service, attributes }: TracesOptions): Attributes => ({ "service.name": service ?? "perdure", ...attributes });
