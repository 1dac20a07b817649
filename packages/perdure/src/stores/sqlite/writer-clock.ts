import type { LogEntry } from "../../telemetry/engine-log.ts";
import type { Clocks, TimeAnchor } from "../steady-time.ts";
import { beginningOfTime, SteadyTime } from "../steady-time.ts";
import { bootNumber, clockEntry } from "../system-clocks.ts";

/** The persisted time may lag this far behind; commits, renewals and starts carry their own times, so that it seldom matters. */
const STORE_EVERY_MS = 250;

/** Store time in the process that writes. It never falls, and does not jump with the system clock. */
export class WriterClock {
  /** Null: store time follows the times that come with the calls alone. */
  readonly #clocks: Clocks | null;
  readonly #say: (entry: LogEntry) => void;
  #steady: SteadyTime | null = null;
  #last = 0;
  #stored = 0;

  constructor(clocks: Clocks | null, say: (entry: LogEntry) => void) {
    this.#clocks = clocks;
    this.#say = say;
  }

  /** What the file says when it is opened. */
  begin(latest: number, anchor: TimeAnchor | null): void {
    this.learn(latest);
    if (this.#clocks === null || this.#steady !== null) return;
    const begin = beginningOfTime(latest, anchor, this.#reading(), this.#clocks.wall());
    this.#steady = new SteadyTime(this.#clocks, begin, (news) => this.#say(clockEntry(news)));
  }

  /** A time in the file: others may be further. */
  learn(at: number): void {
    this.#last = Math.max(this.#last, Math.trunc(at));
    this.#steady?.learn(this.#last);
  }

  /** A time that came with a call. */
  learnFromCaller(at: number): void {
    if (this.#clocks === null) this.learn(at);
  }

  now(): number {
    if (this.#steady !== null) this.#last = Math.max(this.#last, this.#steady.now());
    return this.#last;
  }

  /** A time that should be written now, with the uptime at which it was so; null mostly. */
  dueForStoring(): { readonly time: number; readonly anchor: TimeAnchor | null } | null {
    if (this.#last < this.#stored + STORE_EVERY_MS) return null;
    const reading = this.#reading();
    const time = this.now();
    this.#stored = time;
    return { time, anchor: reading === null ? null : { ...reading, time } };
  }

  forgetStoring(): void {
    this.#stored = 0;
  }

  #reading(): Omit<TimeAnchor, "time"> | null {
    const uptime = this.#clocks?.uptime() ?? null;
    return uptime === null ? null : { uptime: Math.round(uptime), boot: bootNumber() };
  }
}
