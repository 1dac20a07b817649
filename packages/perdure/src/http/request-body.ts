import { fault } from "../errors/perdure-error.ts";

/** The body as text; refuses with BODY_TOO_LARGE before more than `limit` bytes are held. */
export async function readText(request: Request, limit: number): Promise<string> {
  refuseDeclared(request, limit);
  // A declared length is checked, and the HTTP parser holds the sender to it: no need to count.
  if (request.headers.has("content-length")) return request.text();
  const body = request.body;
  if (body === null) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  const reader = body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength;
    if (bytes > limit) {
      await reader.cancel();
      throw fault("BODY_TOO_LARGE", limit);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The request as a plain `Request` of the platform, whatever the server made it of (`new Request(request)` in user code must work), with a body
 * that fails with BODY_TOO_LARGE as soon as a reader gets past `limit` bytes.
 */
export function limitBody(request: Request, limit: number): Request {
  refuseDeclared(request, limit);
  const { url, method, headers, signal } = request;
  const body = method === "GET" || method === "HEAD" ? null : request.body;
  if (body === null) return new Request(url, { method, headers, signal });
  // A declared length is checked, and the HTTP parser holds the sender to it.
  const limited = headers.has("content-length") ? body : body.pipeThrough(counter(limit));
  return new Request(url, { method, headers, signal, body: limited, duplex: "half" });
}

function counter(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > limit) controller.error(fault("BODY_TOO_LARGE", limit));
      else controller.enqueue(chunk);
    },
  });
}

function refuseDeclared(request: Request, limit: number): void {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) throw fault("BODY_TOO_LARGE", limit);
}
