import type { EngineLog } from "../engine-log.ts";
import { Repeated } from "../repeated.ts";
import { otlpRequest } from "./otlp-json.ts";
import type { Attributes, Span } from "./span.ts";

const MOST_WAITING = 2_048;
const MOST_SENT = 512;
const SEND_EVERY_MS = 5_000;
const TIMEOUT_MS = 10_000;
/** Answers after which the same may be sent again, as the protocol says. */
const PASSING = new Set([429, 502, 503, 504]);
const MOST_TRIES = 3;
const PAUSE_MS = 1_000;
/** Of what waits when its process ends: a collector that is away must not hold that up. */
const CLOSE_MS = 3_000;

export interface OtlpSenderOptions {
  /** Where traces go: `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Attributes;
  readonly version: string;
  readonly log: EngineLog;
}

/** Sends spans to a collector, in batches and in the background. What it cannot take is dropped and counted: telemetry never holds work up. */
export class OtlpSender {
  readonly #options: OtlpSenderOptions;
  readonly #complaints = new Repeated();
  #waiting: Span[] = [];
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #dropped = 0;
  /** Aborted when there is no more time. */
  readonly #over = new AbortController();
  #isClosing = false;
  #endPause = (): void => {};

  constructor(options: OtlpSenderOptions) {
    this.#options = options;
  }

  /** Spans that were not sent. */
  get dropped(): number {
    return this.#dropped;
  }

  add(span: Span): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= MOST_SENT) this.#sendNow();
    else this.#timer ??= setTimeout(() => this.#sendNow(), SEND_EVERY_MS).unref();
  }

  /** Sends what waits, once and within a short time; the rest is dropped. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endPause();
    const timer = setTimeout(() => this.#over.abort(new Error(`it has not answered within ${CLOSE_MS} ms`)), CLOSE_MS);
    this.#sendNow();
    await this.#sending;
    clearTimeout(timer);
  }

  #sendNow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.slice(0, MOST_SENT);
      this.#waiting = this.#waiting.slice(MOST_SENT);
      const problem = await this.#send(spans);
      if (problem === null) this.#complaints.end();
      else {
        this.#dropped += spans.length;
        if (this.#complaints.isDue(problem)) this.#complain(problem);
      }
    }
  }

  /** Null: it was taken. */
  async #send(spans: readonly Span[]): Promise<string | null> {
    const { url, headers, resource, version } = this.#options;
    const body = otlpRequest(spans, resource, version);
    for (let tries = 1; ; tries += 1) {
      const answer = await post(url, { "Content-Type": "application/json", ...headers }, body, this.#over.signal);
      if (answer === "taken") return null;
      if (!answer.mayPass || tries === MOST_TRIES || this.#isClosing) return answer.problem;
      await this.#pause(PAUSE_MS * tries);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, ms).unref();
      this.#endPause = resolve;
    });
  }

  #complain(problem: string): void {
    const message = `Traces could not be sent to ${this.#options.url}: ${problem}. What was to be sent is dropped; nothing else is affected.`;
    this.#options.log.write({ level: "warn", event: "traces.not-sent", message, fields: { dropped: this.#dropped } });
  }
}

type Answer = "taken" | { readonly mayPass: boolean; readonly problem: string };

async function post(url: string, headers: Readonly<Record<string, string>>, body: string, over: AbortSignal): Promise<Answer> {
  try {
    const signal = AbortSignal.any([over, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    await response.body?.cancel();
    if (response.ok) return "taken";
    return { mayPass: PASSING.has(response.status), problem: `it answers ${response.status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { mayPass: true, problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
