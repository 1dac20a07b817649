import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { spanTree } from "./span-tree.ts";

export interface SentSpan {
  readonly scope: string;
  /** Of its resource. */
  readonly service: unknown;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** A collector by OTLP over HTTP, in JSON. */
export async function otlpReceiver() {
  const spans: SentSpan[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await request.toArray()).join(""));
    for (const { resource, scopeSpans } of body.resourceSpans)
      for (const { scope, spans: more } of scopeSpans)
        for (const span of more) spans.push({ ...span, scope: scope.name, service: resource.attributes.find(isService)?.value });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    spans,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    [Symbol.dispose]: () => void server.close(),
  };
}

const isService = ({ key }: { readonly key: string }) => key === "service.name";

/** Names with their kinds, each below its parent, in any order of siblings. */
export const treeOf = (spans: readonly SentSpan[], parent?: string): readonly string[] =>
  spanTree(
    spans.map(({ spanId, parentSpanId, name, kind, status }) => ({
      id: spanId,
      parent: parentSpanId === "" ? undefined : parentSpanId,
      text: `${name} ${kind}${status.code === 2 ? ` ${status.message}` : ""}`,
    })),
    parent,
  );
