/**
 * The response of other people's code, with a body that never tells a caller why it failed. One that fails at once rejects here, before anything was
 * sent, so that it can be answered 500; one that fails later goes to `onFailure`, and the caller sees a body that was cut.
 */
export async function guardResponse(response: Response, onFailure: (error: unknown) => void): Promise<Response> {
  const { status, statusText, headers, body } = response;
  if (status === 0) throw new TypeError("The handler returned Response.error().");
  if (body === null) return response;
  const reader: ReadableStreamDefaultReader<unknown> = body.getReader();
  const first = nextBytes(reader);
  // A stream that has nothing yet is not waited for: its headers may be what the caller waits for.
  await Promise.race([first, new Promise((resolve) => setImmediate(resolve))]);
  first.catch(() => {}); // seen by the first pull
  return new Response(guardedStream(reader, first, onFailure), { status, statusText, headers });
}

function guardedStream(
  reader: ReadableStreamDefaultReader<unknown>,
  first: Promise<Uint8Array | null>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let next: Promise<Uint8Array | null> | null = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await (next ?? nextBytes(reader));
          next = null;
          if (bytes === null) controller.close();
          else controller.enqueue(bytes);
        } catch (error) {
          onFailure(error);
          controller.error(new Error("The body of the answer failed. The log of the host has the error."));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** Null at the end. */
async function nextBytes(reader: ReadableStreamDefaultReader<unknown>): Promise<Uint8Array | null> {
  const { done, value } = await reader.read();
  return done ? null : toBytes(value);
}

const encoder = new TextEncoder();

function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return encoder.encode(value);
  throw new TypeError(`The body of the response gave ${typeof value}, not bytes.`);
}
