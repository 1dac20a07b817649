import type { Attributes, Span, SpanId, SpanLink, TraceId } from "../../telemetry/traces/span.ts";
import { keptText } from "../../telemetry/traces/span.ts";
import type { TracePlace } from "../../telemetry/traces/trace-context.ts";
import { orchestrationAttributes } from "./execution-span.ts";
import { entityAttributes, entitySpanName, eventAttributes, spanName } from "./span-name.ts";

/** What was sent: all that its span says of it, and nothing of its payload. */
export type Sent =
  | {
      readonly kind: "start";
      readonly name: string;
      readonly version: string | null;
      readonly instanceId: string;
      /** Null: the start has none yet. */
      readonly executionId: string | null;
    }
  | { readonly kind: "event" | "signal"; readonly name: string; readonly instanceId: string };

const NO_LINKS: readonly SpanLink[] = [];

/** Of a call of a client, from there to its acceptance, or of what an operation of an entity has sent. */
export class SentSpan implements Span {
  readonly kind = "producer";
  readonly error = null;
  readonly links = NO_LINKS;
  readonly traceId: TraceId;
  readonly spanId: SpanId;
  readonly parentId: SpanId | null;
  readonly from: number;
  readonly to: number;
  readonly #sent: Sent;

  constructor({ traceId, spanId }: TracePlace, parentId: SpanId | null, times: { readonly from: number; readonly to: number }, sent: Sent) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.parentId = parentId;
    this.from = times.from;
    this.to = times.to;
    this.#sent = { ...sent, name: keptText(sent.name) };
  }

  get name(): string {
    const sent = this.#sent;
    if (sent.kind === "start") return spanName("create_orchestration", sent.name, sent.version);
    return sent.kind === "signal" ? entitySpanName(sent.instanceId, sent.name) : spanName("orchestration_event", sent.name, null);
  }

  get attributes(): Attributes {
    const sent = this.#sent;
    if (sent.kind === "start") return orchestrationAttributes(sent);
    return sent.kind === "signal" ? entityAttributes(sent.instanceId, sent.name) : eventAttributes(sent.instanceId, sent.name);
  }
}
