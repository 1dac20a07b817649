import type { IncomingMessage, ServerResponse } from "node:http";
import { endOfBody } from "./unread-body.ts";

/**
 * Writes a Web response to Node's. A body that fails is never explained to the caller: the connection is cut, which is how HTTP says that the rest
 * is missing. Rejects with what the body failed with, which its maker has logged; resolves when all is written, or the caller is gone.
 */
export async function writeResponse(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const reader = response.body?.getReader() ?? null;
  const onClose = () => void reader?.cancel().catch(() => {});
  outgoing.once("close", onClose);
  try {
    const { chunks, rest } = reader === null ? NOTHING : await readStart(reader);
    const headers = headersOf(response);
    if (rest === null && mayHaveLength(response, outgoing)) headers["content-length"] = String(sizeOf(chunks));
    // What comes in parts has the length that it was said to have, or is cut: bytes beyond it would begin the next answer on this connection.
    outgoing.strictContentLength = rest !== null;
    outgoing.writeHead(response.status, headers);
    const [first] = chunks;
    if (rest === null && incoming.complete) {
      outgoing.end(first); // head and body in one packet
      return;
    }
    outgoing.flushHeaders();
    if (first !== undefined) await write(outgoing, first);
    if (reader !== null && rest !== null) await writeRest(reader, rest, outgoing);
    if (outgoing.destroyed) return;
    // With its length in the head the answer is complete for the caller already.
    await endOfBody(incoming);
    outgoing.end();
  } catch (error) {
    cut(outgoing);
    throw error;
  } finally {
    outgoing.off("close", onClose);
  }
}

/** What was written before still goes out, and then the connection ends without the end of the answer. */
function cut(outgoing: ServerResponse): void {
  if (outgoing.headersSent)
    process.nextTick(() => outgoing.socket?.destroySoon()); // Node gathers what is written in one turn
  else outgoing.destroy();
}

type Read = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

interface Start {
  readonly chunks: readonly Uint8Array[];
  /** Null: that was all. */
  readonly rest: Promise<Read> | null;
}

const NOTHING: Start = { chunks: [], rest: null };

/** What is there at once. A body that was a string is all there, and goes out with its length instead of in chunks. */
async function readStart(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Start> {
  const first = await reader.read();
  if (first.done) return { chunks: [], rest: null };
  const rest = reader.read();
  const second = await Promise.race([rest.catch(() => null), soon()]); // a failure is met when it is its turn
  return { chunks: [first.value], rest: second?.done === true ? null : rest };
}

/** So many turns of the microtask queue the end of a stream in a stream takes, if it is there. */
const TURNS = 12;

/** What needs more is not there yet. */
async function soon(): Promise<null> {
  for (let turn = 0; turn < TURNS; turn++) await null;
  return null;
}

async function writeRest(reader: ReadableStreamDefaultReader<Uint8Array>, rest: Promise<Read>, outgoing: ServerResponse): Promise<void> {
  for (let chunk = await rest; !chunk.done; chunk = await reader.read()) await write(outgoing, chunk.value);
}

async function write(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  if (!outgoing.write(chunk)) await drained(outgoing);
}

/** What is answered to HEAD has the length of what GET would give, which is not known here. */
const mayHaveLength = ({ status }: Response, outgoing: ServerResponse): boolean =>
  status !== 204 && status !== 304 && outgoing.req.method !== "HEAD";

const sizeOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);

/** Also when the caller is gone: then the next read finds the stream cancelled. */
function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.on("drain", done);
    outgoing.on("close", done);
  });
}

/** Cookies are the one header that may come more than once. How an answer is framed is the server's to say. */
function headersOf(response: Response): { [name: string]: string | string[] } {
  const headers: { [name: string]: string | string[] } = {};
  for (const [name, value] of response.headers) if (name !== "transfer-encoding") headers[name] = value;
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  return headers;
}
