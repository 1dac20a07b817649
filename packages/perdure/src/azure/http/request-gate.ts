import type { HttpFunction, HttpFunctionHandler } from "../../functions/http.ts";
import type { RegisteredFunction } from "../../functions/registry.ts";
import type { RequestLimits } from "../settings/http-settings.ts";

const TOO_MANY = 429;

/** HTTP functions of which no more run, or run and wait, than host.json allows. */
export function limitedFunctions(functions: readonly RegisteredFunction[], limits: RequestLimits): readonly RegisteredFunction[] {
  if (limits.concurrent === null && limits.outstanding === null) return functions;
  const gate = new RequestGate(limits);
  return functions.map((one) => (one.kind === "http" ? gate.before(one) : one));
}

/** A request is in work until the last byte of its answer was read. */
class RequestGate {
  readonly #limits: RequestLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  before(fn: HttpFunction): HttpFunction {
    return { ...fn, handler: (request, context) => this.#run(() => fn.handler(request, context)) };
  }

  async #run(handle: () => ReturnType<HttpFunctionHandler>): Promise<Awaited<ReturnType<HttpFunctionHandler>>> {
    const { concurrent, outstanding } = this.#limits;
    if (outstanding !== null && this.#running + this.#waiting.length >= outstanding) return new Response(null, { status: TOO_MANY });
    if (concurrent !== null && this.#running >= concurrent) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      const response = await handle();
      if (!(response instanceof Response) || response.body === null) {
        this.#next();
        return response;
      }
      const { status, statusText, headers } = response;
      return new Response(this.#untilRead(response.body), { status, statusText, headers });
    } catch (error) {
      this.#next();
      throw error;
    }
  }

  /** Its place is given up once: a caller who gives the answer up may be waiting for a part, and its read ends then, too. */
  #untilRead(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let isOver = false;
    const over = (): void => {
      if (!isOver) this.#next();
      isOver = true;
    };
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await reader.read().catch((error: unknown) => {
            over();
            throw error;
          });
          if (isOver) return;
          if (!done) return controller.enqueue(value);
          over();
          controller.close();
        },
        cancel: async (reason) => {
          over();
          await reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** One is over: its place goes to the one that has waited longest. */
  #next(): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#running -= 1;
    else waiting();
  }
}
