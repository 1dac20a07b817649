import { HubTraces } from "../../task-hub/traces/hub-traces.ts";
import type { TracesOptions } from "../../task-hub/traces-option.ts";
import { silentLog } from "../../telemetry/engine-log.ts";
import type { Span } from "../../telemetry/traces/span.ts";
import { Random } from "../random.ts";

const TRACES_STREAM = 89;

type HubTracesParts = ConstructorParameters<typeof HubTraces>[0];

/** The spans that all processes of a seed give: a process that gives one again, after whatever, says the same of it. */
export class SimTraces {
  readonly problems: string[] = [];
  readonly #spans = new Map<string, string>();

  get count(): number {
    return this.#spans.size;
  }

  /** Of one process. What it would send when it is dead is lost. */
  open({ store, now, worker }: Pick<HubTracesParts, "store" | "now" | "worker">, isDead: () => boolean): HubTraces {
    const spans: TracesOptions["spans"] = {
      onEnd: (readable: { readonly span: Span }) => {
        if (!isDead()) this.#take(readable.span);
      },
    };
    return new HubTraces({ options: { spans }, store, now, worker, log: silentLog, openTelemetry: null });
  }

  #take({ traceId, spanId, parentId, name, kind, from, to, error, attributes, links }: Span): void {
    const id = `${traceId}-${spanId}`;
    const content = JSON.stringify({ name, kind, parentId, from, to, error, attributes, links });
    const before = this.#spans.get(id);
    this.#spans.set(id, content);
    if (before === undefined || before === content) return;
    this.problems.push(`traces: span ${id} was ${before}, and then ${content}`);
  }
}

/** Of chances of its own: in some seeds. */
export const simTraces = (seed: number): SimTraces | null => (new Random(seed, TRACES_STREAM).chance(0.3) ? new SimTraces() : null);
