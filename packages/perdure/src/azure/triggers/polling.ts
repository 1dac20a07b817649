import { doublingPauseMs } from "../../process/doubling-pause.ts";
import { runAfter } from "../../process/timers.ts";
import type { TriggerLog } from "./trigger-log.ts";

export interface PollingParts {
  /** Pauses while nothing is found double up to this. */
  readonly longestPauseMs: number;
  readonly log: TriggerLog;
  /** Whether something was found: then the next look follows at once. What it throws is said, and it is tried again. */
  readonly poll: (signal: AbortSignal) => Promise<boolean>;
}

const FIRST_PAUSE_MS = 100;
/** While the service is away: it is asked at least this often. */
const LONGEST_AWAY_MS = 30_000;

/** Looks again and again, one look at a time, until it is stopped. A service that is away stops nothing but this. */
export class Polling {
  readonly #parts: PollingParts;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: PollingParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** When the look that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    const { longestPauseMs, log } = this.#parts;
    let idle = 0;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const isFound = await this.#parts.poll(signal);
        log.available();
        failures = 0;
        idle = isFound ? 0 : idle + 1;
        if (!isFound) await pause(doublingPauseMs({ firstMs: FIRST_PAUSE_MS, longestMs: longestPauseMs }, idle - 1), signal);
      } catch (error) {
        if (signal.aborted) return;
        log.unavailable(error);
        await pause(doublingPauseMs({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_AWAY_MS }, failures++), signal);
      }
    }
  }
}

/** Ends early when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = runAfter(ms, end, false);
    signal.addEventListener("abort", end);
  });
}

/** What comes of the call; null: the signal fired first. A client may need a minute more to notice that. */
export async function unlessAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const aborted = Promise.withResolvers<null>();
  const end = () => aborted.resolve(null);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  call.catch(() => {});
  try {
    return await Promise.race([call, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
