import { timeWords } from "../../errors/time-words.ts";
import type { Linked } from "../../model/linked-set.ts";
import { LinkedSet } from "../../model/linked-set.ts";
import { realClock } from "../../process/real-time.ts";
import { runAfter } from "../../process/timers.ts";
import { TimeoutError } from "../../replay/failures/function-errors.ts";

/** One invocation, as far as its time goes. */
export interface TimedRun {
  /** It has failed by its time-out, whatever it still does. */
  readonly isOver: boolean;
}

const ENDLESS: TimedRun = { isOver: false };

/** What the invocation gives, or a TimeoutError once it has run for this long. It runs on then: the library knows no signal. Null: no limit. */
export function withinTimeout<Result>(name: string, timeoutMs: number | null, invoke: (run: TimedRun) => Promise<Result>): Promise<Result> {
  if (timeoutMs === null) return invoke(ENDLESS);
  const limit = limits.get(timeoutMs) ?? new TimeLimit(timeoutMs);
  limits.set(timeoutMs, limit);
  return new Promise((resolve, reject) => {
    const run = limit.begin(() => reject(timedOut(name, timeoutMs)));
    invoke(run).then(
      (result) => {
        limit.end(run);
        resolve(result);
      },
      (error: unknown) => {
        limit.end(run);
        reject(error);
      },
    );
  });
}

/** The first sentence is that of Azure's host. */
const timedOut = (name: string, ms: number): Error =>
  new TimeoutError(
    `Timeout value of ${timeWords(ms)} was exceeded by function: Functions.${name}. What it still does is not stopped, and nothing of it is used. ` +
      'Give it more time by "functionTimeout" of host.json ("-1": no limit), or have an orchestration do what takes long, in activities.',
  );

interface Run extends TimedRun, Linked<Run> {
  isOver: boolean;
  readonly until: number;
  readonly late: () => void;
}

/**
 * All runs with the same limit have one timer, for the oldest of them, since hardly any lasts so long. With a timer for each activity, 15 KB of each orchestration
 * of five lived until the next full collection (November 2026).
 */
class TimeLimit {
  readonly #ms: number;
  /** The oldest first. */
  readonly #runs = new LinkedSet<Run>();
  #isArmed = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  begin(late: () => void): Run {
    const run: Run = { before: null, after: null, isOver: false, until: realClock.monotonicMs() + this.#ms, late };
    this.#runs.add(run);
    if (!this.#isArmed) this.#arm(this.#ms);
    return run;
  }

  end(run: Run): void {
    this.#runs.delete(run);
  }

  #arm(ms: number): void {
    this.#isArmed = true;
    runAfter(ms, () => this.#look(), false);
  }

  #look(): void {
    this.#isArmed = false;
    const now = realClock.monotonicMs();
    for (const run of this.#runs) {
      if (run.until > now) {
        this.#arm(run.until - now);
        return;
      }
      this.#runs.delete(run);
      run.isOver = true;
      run.late();
    }
    limits.delete(this.#ms);
  }
}

/** Those that have runs, by their milliseconds. */
const limits = new Map<number, TimeLimit>();
