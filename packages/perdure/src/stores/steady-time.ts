/** The clocks of a machine, each in milliseconds. Only differences of `monotonic` and of `uptime` mean anything. */
export interface Clocks {
  /** Since 1970. It can be set forward and back at any moment. */
  wall(): number;
  /** Never goes back, cannot be set. On Linux it stops while the machine sleeps. */
  monotonic(): number;
  /** As `monotonic`, and counts sleep; coarse (10 ms on Linux, up to a second elsewhere). Null where the system has none. */
  uptime(): number | null;
}

/** The wall clock was set, differs from store time at the beginning, or agrees with it again. */
export interface ClockNews {
  /** By how much it was set, ms: positive is forward. 0: it was not. */
  readonly stepMs: number;
  /** How far the wall clock is from store time now, ms: positive is ahead. */
  readonly aheadMs: number;
}

/**
 * How much faster or slower than real time store time runs at most while it approaches a wall clock that was set: an hour of difference
 * takes four days, and a timer of a minute is due at most 0.6 s early meanwhile.
 */
export const GREATEST_SLEW = 0.01;
/** A wall clock that moves this far against the monotonic one in one reading was set, or the machine slept. Less is noise, and is slewed. */
const STEP_MS = 1_000;
/** Reported as agreeing only below half of the distance that is reported as apart, so that noise is not reported again and again. */
const AGREES_MS = 500;
/** Sleep is measured by a coarse clock: shorter sleeps are slewed too. */
const SHORTEST_SLEEP_MS = 1_500;
/** The baseline for sleep is renewed so often, so that two clocks of slightly different speed never look like sleep. */
const BASELINE_EVERY_MS = 1_000;

/**
 * Store time: advances by the monotonic clock, plus the time that the machine slept. The wall clock says where it begins, and is approached slowly
 * from then on. A function of the readings alone. It never goes back.
 */
export class SteadyTime {
  readonly #clocks: Clocks;
  readonly #onNews: (news: ClockNews) => void;
  #time: number;
  #wall: number;
  #monotonic: number;
  /** The difference has been reported. */
  #isApart = false;
  #baseline: { readonly monotonic: number; readonly uptime: number | null };

  constructor(clocks: Clocks, begin: number, onNews: (news: ClockNews) => void) {
    this.#clocks = clocks;
    this.#onNews = onNews;
    this.#time = begin;
    this.#wall = clocks.wall();
    this.#monotonic = clocks.monotonic();
    this.#baseline = { monotonic: this.#monotonic, uptime: clocks.uptime() };
  }

  /** Another process that shares this time is ahead. */
  learn(at: number): void {
    this.now(); // what has passed until now is in `at`
    if (at > this.#time) this.#time = at;
  }

  /** Whole milliseconds since 1970. */
  now(): number {
    const wall = this.#clocks.wall();
    const monotonic = this.#clocks.monotonic();
    const ran = Math.max(0, monotonic - this.#monotonic);
    const moved = wall - this.#wall - ran;
    this.#wall = wall;
    this.#monotonic = monotonic;
    let passed = ran;
    let step = 0;
    if (Math.abs(moved) >= STEP_MS) {
      const slept = this.#slept(moved);
      passed += slept;
      step = moved - slept;
    }
    if (monotonic - this.#baseline.monotonic >= BASELINE_EVERY_MS) this.#baseline = { monotonic, uptime: this.#clocks.uptime() };
    this.#time += passed;
    const most = passed * GREATEST_SLEW;
    this.#time += Math.min(Math.max(wall - this.#time, -most), most);
    this.#tell(step, wall - this.#time);
    return Math.floor(this.#time);
  }

  #tell(step: number, ahead: number): void {
    const isStep = Math.abs(step) >= STEP_MS;
    const isApart = Math.abs(ahead) >= (this.#isApart ? AGREES_MS : STEP_MS);
    if (!isStep && isApart === this.#isApart) return;
    this.#isApart = isApart;
    this.#onNews({ stepMs: isStep ? Math.round(step) : 0, aheadMs: Math.round(ahead) });
  }

  /** The exact value of the wall clock, if it confirms that this was sleep and nothing else. */
  #slept(moved: number): number {
    const { monotonic, uptime } = this.#baseline;
    const current = this.#clocks.uptime();
    this.#baseline = { monotonic: this.#monotonic, uptime: current };
    if (uptime === null || current === null) return 0;
    const slept = current - uptime - (this.#monotonic - monotonic);
    if (slept < SHORTEST_SLEEP_MS) return 0;
    return Math.abs(moved - slept) < SHORTEST_SLEEP_MS ? moved : slept;
  }
}

/** Store time as it was stored, with the uptime at that moment. */
export interface TimeAnchor {
  readonly time: number;
  readonly uptime: number;
  /** Which boot of which machine: an uptime means nothing in another one. */
  readonly boot: number;
}

/** A process that keeps store time stores it at least this often, unless it is stopped or has lost the store. */
const ANCHOR_HOLDS_MS = 60_000;

/**
 * Where store time begins in a process. If another process kept it within the last minute of this boot it continues from there, whatever the wall clock
 * says; else only the wall clock is left. Never before `latest`, the latest time in the store.
 */
export function beginningOfTime(latest: number, anchor: TimeAnchor | null, current: Omit<TimeAnchor, "time"> | null, wall: number): number {
  if (anchor !== null && current !== null && anchor.boot === current.boot) {
    const since = current.uptime - anchor.uptime;
    if (since >= 0 && since <= ANCHOR_HOLDS_MS) return Math.max(latest, anchor.time + since);
  }
  return Math.max(latest, wall);
}
