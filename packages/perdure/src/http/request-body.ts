import { fault } from "../errors/perdure-error.ts";
import { runAfter } from "../process/timers.ts";
import type { BodyBudget, BodyShare } from "./body-budget.ts";
import { SMALL_BODY_BYTES } from "./body-budget.ts";

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly budget: BodyBudget;
}

/** The body of one request: read within the limits, once, and counted as held until it is released. */
export class RequestBody {
  readonly #request: Request;
  readonly #limits: BodyLimits;
  readonly #share: BodyShare;
  #stopTimer: () => void = () => {};

  constructor(request: Request, limits: BodyLimits) {
    this.#request = request;
    this.#limits = limits;
    this.#share = limits.budget.open();
  }

  /** As the charset of its Content-Type says, UTF-8 where it says none. Refuses before more than the limits are held. */
  async text(): Promise<string> {
    const decoder = decoderOf(this.#request);
    refuseDeclared(this.#request, this.#limits.maxBytes);
    const timeout = startTimeout(this.#limits.timeoutMs);
    try {
      const bytes = await this.#bytes(timeout.over);
      return decoder.decode(bytes);
    } catch (error) {
      throw error instanceof TypeError && "code" in error && error.code === "ERR_ENCODING_INVALID_ENCODED_DATA"
        ? fault("BODY_NOT_TEXT", decoder.encoding)
        : error;
    } finally {
      timeout.stop();
    }
  }

  /** Gives back its share of the budget: what was read is no longer counted. */
  letGo(): void {
    this.#stopTimer();
    this.#share.giveBack();
  }

  /**
   * The request as a plain `Request` of the platform, whatever the server made it of (`new Request(request)` in user code must work), with a body
   * that fails as soon as a reader gets past a limit. `passedOn`: a part is asked for when it is read, and nothing is held.
   */
  limited(passedOn = false): Request {
    const { maxBytes, timeoutMs } = this.#limits;
    refuseDeclared(this.#request, maxBytes);
    const { url, method, headers, signal } = this.#request;
    const body = method === "GET" || method === "HEAD" ? null : this.#request.body;
    if (body === null) return new Request(url, { method, headers, signal });
    const small = smallLength(headers);
    if (small !== null) this.#share.take(small);
    const large = () => (passedOn ? onePartAtATime(body, maxBytes, timeoutMs) : body.pipeThrough(this.#counter(maxBytes, timeoutMs)));
    const counted = small === null ? large() : body;
    return new Request(url, { method, headers, signal, body: counted, duplex: "half" });
  }

  #counter(limit: number, timeoutMs: number): TransformStream<Uint8Array, Uint8Array> {
    let bytes = 0;
    return new TransformStream({
      start: (controller) => {
        this.#stopTimer = runAfter(timeoutMs, () => controller.error(fault("BODY_TIMEOUT", timeoutMs / 1_000)));
      },
      transform: (chunk, controller) => {
        bytes += chunk.byteLength;
        if (bytes > limit) throw fault("BODY_TOO_LARGE", limit);
        this.#share.take(chunk.byteLength);
        controller.enqueue(chunk);
      },
      flush: () => this.#stopTimer(),
    });
  }

  async #bytes(over: Promise<never>): Promise<Uint8Array> {
    const small = smallLength(this.#request.headers);
    if (small !== null) {
      this.#share.take(small);
      return new Uint8Array(await Promise.race([this.#request.arrayBuffer(), over]));
    }
    const { body } = this.#request;
    if (body === null) return new Uint8Array();
    const reader = body.getReader();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for (let read = await Promise.race([reader.read(), over]); !read.done; read = await Promise.race([reader.read(), over])) {
        bytes += read.value.byteLength;
        if (bytes > this.#limits.maxBytes) throw fault("BODY_TOO_LARGE", this.#limits.maxBytes);
        this.#share.take(read.value.byteLength);
        chunks.push(read.value);
      }
    } catch (error) {
      void reader.cancel().catch(() => {});
      throw error;
    }
    return Buffer.concat(chunks);
  }
}

/** Each part must come within the time; the pauses of its reader do not count. */
function onePartAtATime(body: ReadableStream<Uint8Array>, limit: number, timeoutMs: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const timeout = startTimeout(timeoutMs);
        try {
          const { done, value } = await Promise.race([reader.read(), timeout.over]);
          if (done) return controller.close();
          bytes += value.byteLength;
          if (bytes > limit) throw fault("BODY_TOO_LARGE", limit);
          controller.enqueue(value);
        } finally {
          timeout.stop();
        }
      },
    },
    { highWaterMark: 0 },
  );
}

/** Rejects `over` when time is up. */
function startTimeout(ms: number): { readonly over: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // it may end when it is no longer waited for
  return { over: promise, stop: runAfter(ms, () => reject(fault("BODY_TIMEOUT", ms / 1_000))) };
}

const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i;

function decoderOf(request: Request): InstanceType<typeof TextDecoder> {
  const [, quoted, plain] = CHARSET.exec(request.headers.get("content-type") ?? "") ?? [];
  const charset = (quoted ?? plain ?? "utf-8").trim();
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw fault("CHARSET_UNKNOWN", charset);
  }
}

/** A declared length is checked, and the HTTP parser holds the sender to it: a small body need not be counted as it comes. Null for any other. */
export function smallLength(headers: Headers): number | null {
  const declared = Number(headers.get("content-length") ?? Number.NaN);
  return declared <= SMALL_BODY_BYTES ? declared : null;
}

function refuseDeclared(request: Request, limit: number): void {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limit) throw fault("BODY_TOO_LARGE", limit);
}
