import { fault } from "../../errors/perdure-error.ts";
import type { Scheduler } from "../../process/clock.ts";
import type { EngineLog, LogEntry } from "../../telemetry/engine-log.ts";
import type { Counted } from "../../telemetry/metrics/metrics.ts";
import { Metrics } from "../../telemetry/metrics/metrics.ts";
import { restartPauseMs, WELL_AFTER_MS } from "./restart-pause.ts";

/** One worker process, as the supervisor sees it. */
export interface WorkerChild {
  /** Null when it could not even be started. */
  readonly pid: number | null;
  drain(): void;
  /** {@link ChildEvents.onCounted} follows, if it answers. */
  askCount(): void;
  /** At once, whatever it does. */
  kill(): void;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started. */
  readonly error: Error | null;
}

export interface ChildEvents {
  onReady(): void;
  onDraining(): void;
  onCounted(counted: Counted): void;
  /** Once, and last. */
  onEnd(end: ChildEnd): void;
}

export interface SupervisorParts {
  readonly count: number;
  /** Events come later, never from within the call. */
  readonly spawn: (number: number, events: ChildEvents) => WorkerChild;
  readonly scheduler: Scheduler;
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly log: EngineLog;
  /** A drain that takes longer is cut. */
  readonly drainLimitMs: number;
}

/**
 * The place of one worker process: starting → ready → draining → (ended) → starting …; a process that dies leaves it `empty` for a pause, and
 * for good once the supervisor stops.
 */
interface Place {
  readonly number: number;
  phase: "empty" | "starting" | "ready" | "draining";
  child: WorkerChild | null;
  bornAt: number;
  /** What its process has counted, as it said last. */
  counted: Counted;
  /** In a row, each before the process was known to be well. */
  deaths: number;
  cancelPause: () => void;
  /** Of the last process in it: became ready, was killed before, ended by itself before; null: not known yet. */
  outcome: "ready" | "killed" | "ended" | null;
}

/** A process that is held does not hold up a scrape. */
const COUNT_WITHIN_MS = 500;
/** From this death in a row on, the log calls it an error: an operator has to look. */
const ALARMING_DEATHS = 3;

/** Keeps N worker processes alive: whichever ends is replaced, with growing pauses when the same place loses one after the other. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #places: readonly Place[];
  #stopping = false;
  #onAllGone: () => void = () => {};
  #onOutcome: () => void = () => {};
  /** What processes had counted that are gone: sums never fall. */
  readonly #gone = new Metrics();
  #counting: Promise<readonly Counted[]> | null = null;
  /** A process has said what it has counted, or is gone; null: to see whether any is waited for. */
  #onCounted: (place: Place | null) => void = () => {};

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#places = Array.from({ length: parts.count }, (_, index) => ({
      number: index + 1,
      phase: "empty",
      child: null,
      bornAt: 0,
      deaths: 0,
      counted: [],
      cancelPause: () => {},
      outcome: null,
    }));
  }

  /**
   * Resolves once every first process is ready or has died. Rejects, with nothing left behind, when each ended by itself before it was ready. One that
   * was killed says nothing about the app (the machine was short of memory): while no worker is ready, the next one in its place is waited for.
   */
  async start(): Promise<void> {
    const decided = new Promise<void>((resolve) => {
      this.#onOutcome = () => {
        if (this.#stopping || isDecided(this.#places)) resolve();
      };
    });
    for (const place of this.#places) this.#fill(place);
    await decided;
    if (this.#stopping || this.#places.some(({ outcome }) => outcome === "ready")) return;
    await this.stop();
    throw fault("WORKERS_NOT_STARTED", this.#places.length);
  }

  /** Drains all processes; resolves when they are gone. */
  async stop(): Promise<void> {
    const { scheduler, drainLimitMs } = this.#parts;
    this.#stopping = true;
    this.#onOutcome();
    const allGone = new Promise<void>((resolve) => {
      this.#onAllGone = resolve;
    });
    for (const place of this.#places) {
      place.cancelPause();
      place.child?.drain();
    }
    const cancel = scheduler.after(drainLimitMs, () => {
      this.#log("warn", "worker-process.drain-cut", `Worker processes that did not drain within ${drainLimitMs} ms are killed`, {});
      this.killAll();
    });
    if (this.#alive > 0) await allGone;
    cancel();
  }

  /** What all processes have counted, those that are gone too. One that does not answer in time is as it was last. Who asks meanwhile gets the same answer. */
  counted(): Promise<readonly Counted[]> {
    this.#counting ??= this.#askAll().finally(() => {
      this.#counting = null;
    });
    return this.#counting;
  }

  async #askAll(): Promise<readonly Counted[]> {
    const silent = new Set(this.#places.filter(({ child }) => child !== null));
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.scheduler.after(COUNT_WITHIN_MS, resolve);
      this.#onCounted = (place) => {
        if (place !== null) silent.delete(place);
        if (silent.size > 0) return;
        cancel();
        resolve();
      };
      for (const place of silent) place.child?.askCount();
      this.#onCounted(null);
    });
    return [this.#gone.counted(), ...this.#places.map((place) => place.counted)];
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  get hasReadyWorker(): boolean {
    return this.#places.some(({ phase }) => phase === "ready");
  }

  killAll(): void {
    this.#stopping = true;
    for (const place of this.#places) place.child?.kill();
  }

  get #alive(): number {
    return this.#places.filter((place) => place.child !== null).length;
  }

  #fill(place: Place): void {
    place.phase = "starting";
    place.bornAt = this.#parts.now();
    place.child = this.#parts.spawn(place.number, {
      onReady: () => {
        place.phase = "ready";
        this.#log("info", "worker-process.ready", `Worker process ${place.number} is ready`, fieldsOf(place));
        place.outcome = "ready";
        this.#onOutcome();
      },
      onDraining: () => {
        place.phase = "draining";
      },
      onCounted: (counted) => {
        place.counted = counted;
        this.#onCounted(place);
      },
      onEnd: (end) => {
        this.#gone.merge(place.counted, true);
        place.counted = [];
        this.#onCounted(place);
        if (place.phase === "starting") place.outcome = end.signal === null ? "ended" : "killed";
        this.#ended(place, end);
        this.#onOutcome();
      },
    });
  }

  #ended(place: Place, end: ChildEnd): void {
    const drained = place.phase === "draining" && end.code === 0;
    const livedMs = this.#parts.now() - place.bornAt;
    const fields = { ...fieldsOf(place), code: end.code, signal: end.signal, livedMs: Math.round(livedMs) };
    place.phase = "empty";
    place.child = null;
    if (this.#stopping) {
      this.#log(drained ? "info" : "warn", "worker-process.ended", `Worker process ${place.number} ${howItEnded(end, drained)}`, fields);
      if (this.#alive === 0) this.#onAllGone();
      return;
    }
    if (drained) {
      this.#log("info", "worker-process.ended", `Worker process ${place.number} has drained and ended; another takes its place`, fields);
      this.#fill(place);
      return;
    }
    place.deaths = livedMs >= WELL_AFTER_MS ? 1 : place.deaths + 1;
    const pauseMs = restartPauseMs(place.deaths);
    this.#logDeath(place, howItEnded(end, drained), pauseMs, {
      ...fields,
      deathsInARow: place.deaths,
      pauseMs,
      ...(end.error === null ? {} : { error: end.error }),
    });
    place.cancelPause = this.#parts.scheduler.after(pauseMs, () => this.#fill(place));
  }

  #logDeath(place: Place, how: string, pauseMs: number, fields: LogEntry["fields"]): void {
    const next = pauseMs === 0 ? "at once" : `in ${pauseMs / 1_000} s`;
    const { number, deaths } = place;
    if (deaths < ALARMING_DEATHS) {
      const message = `Worker process ${number} ${how}. The others take over what it owned; another takes its place ${next}.`;
      this.#log("warn", "worker-process.died", message, fields);
    } else {
      const message = `Worker process ${number} ${how}: ${deaths} deaths in a row. See its output above. The next one starts ${next}.`;
      this.#log("error", "worker-process.dies-again", message, fields);
    }
  }

  #log(level: LogEntry["level"], event: string, message: string, fields: LogEntry["fields"]): void {
    this.#parts.log.write({ level, event, message, fields });
  }
}

const isDecided = (places: readonly Place[]): boolean => {
  const outcomes = places.map(({ outcome }) => outcome);
  return !outcomes.includes(null) && (outcomes.includes("ready") || !outcomes.includes("killed"));
};

const fieldsOf = ({ number, child }: Place) => ({ workerNumber: number, pid: child?.pid ?? null });

function howItEnded({ code, signal, error }: ChildEnd, drained: boolean): string {
  if (drained) return "has drained and ended";
  if (error !== null) return `could not be started (${error.message})`;
  return signal === null ? `has ended with exit code ${code}` : `was ended by ${signal}`;
}
