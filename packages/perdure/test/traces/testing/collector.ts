import { spanTree } from "../../../src/telemetry/testing/span-tree.ts";

interface Readable {
  readonly name: string;
  readonly kind: number;
  readonly spanContext: () => { readonly traceId: string; readonly spanId: string };
  readonly parentSpanId: string | undefined;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: { readonly [name: string]: unknown };
  readonly links: readonly { readonly context: { readonly traceId: string } }[];
}

export const KINDS = ["internal", "server", "client", "producer", "consumer"];

/** Spans as an exporter of OpenTelemetry gets them. */
export function collector() {
  const spans: Readable[] = [];
  const target = {
    export: (more: readonly Readable[], done: (result: { code: number }) => void) => {
      spans.push(...more);
      done({ code: 0 });
    },
  };
  /** Names with their kinds, each below its parent, in any order of siblings. */
  const tree = (parent: string | undefined): readonly string[] =>
    spanTree(
      spans.map((span) => ({
        id: span.spanContext().spanId,
        parent: span.parentSpanId,
        text: `${span.name} ${KINDS[span.kind]}${span.status.code === 2 ? ` failed: ${span.status.message}` : ""}`,
      })),
      parent,
    );
  return { spans, target, tree };
}
