import type { Clock } from "../../process/clock.ts";
import type { WorkerWork } from "../../store/rows.ts";
import { MOST_LIMITS } from "../../store/rows.ts";
import type { WorkerSettings } from "../options.ts";

/** What people want to know of a worker beside what it does. */
export type MeterSettings = Pick<WorkerSettings, "leaseMs" | "renewEveryMs" | "activityLimits">;

type Rates = Pick<WorkerWork, "ended" | "ran" | "failed">;

/** Rates are over so long, or a little longer: whole pieces of it. */
const WINDOW_MS = 10_000;
const LATEST = 256;
const BUILD_CHARS = 12;
const NOTHING: Rates = { ended: 0, ran: 0, failed: 0 };

/** What a worker counts of its work, for people who look at its row: some additions for each batch, each attempt and each event. */
export class WorkMeter {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #fixed: Pick<WorkerWork, "lease" | "limits">;
  #joinedAt = 0;
  #ended = 0;
  #ran = 0;
  #failed = 0;
  /** Sums as they were, oldest first. */
  #before: readonly (Rates & { readonly at: number })[] = [];
  readonly #commitMs = new Latest();
  readonly #commitRows = new Latest();
  readonly #eventMs = new Latest();

  constructor(clock: Pick<Clock, "monotonicMs">, { leaseMs, renewEveryMs, activityLimits }: MeterSettings) {
    this.#clock = clock;
    const limits = Object.entries(activityLimits).slice(0, MOST_LIMITS);
    this.#fixed = { lease: { ms: leaseMs, everyMs: renewEveryMs }, ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }) };
  }

  /** `now`: store time. */
  joined(now: number): void {
    this.#joinedAt = now;
    this.#before = [{ at: this.#clock.monotonicMs(), ...this.#sums }];
  }

  committed(tookMs: number, rows: number, ended: number): void {
    this.#commitMs.add(tookMs);
    this.#commitRows.add(rows);
    this.#ended += ended;
  }

  /** An attempt of an activity has ended. */
  attempted(failed: boolean): void {
    this.#ran += 1;
    if (failed) this.#failed += 1;
  }

  /** An episode has taken an event, so long after it was accepted. */
  tookEvent(waitedMs: number): void {
    this.#eventMs.add(Math.max(0, waitedMs));
  }

  /** Since it was read about {@link WINDOW_MS} before. */
  read(codeVersion: string, isDraining: boolean): WorkerWork {
    const now = this.#clock.monotonicMs();
    const first = this.#before.findLast(({ at }) => at <= now - WINDOW_MS) ?? this.#before[0];
    const sums = this.#sums;
    this.#before = [...this.#before.filter(({ at }) => at >= (first?.at ?? 0)), { at: now, ...sums }];
    const rates = first === undefined ? NOTHING : perSecond(first, sums, now - first.at);
    const commit = this.#commitMs.times;
    return {
      ...{ joinedAt: this.#joinedAt, build: codeVersion.slice(0, BUILD_CHARS), isDraining, ...rates },
      commit: commit === null ? null : { ...commit, rows: this.#commitRows.mean },
      event: this.#eventMs.times,
      ...this.#fixed,
    };
  }

  get #sums(): Rates {
    return { ended: this.#ended, ran: this.#ran, failed: this.#failed };
  }
}

/** The last numbers of a kind. */
class Latest {
  readonly #all = new Float64Array(LATEST);
  #count = 0;

  add(value: number): void {
    this.#all[this.#count % LATEST] = value;
    this.#count += 1;
  }

  /** The middle, and the longest but for one in a hundred; null: there was none. */
  get times(): { readonly p50: number; readonly p99: number } | null {
    const sorted = this.#kept.slice().sort();
    const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
    return sorted.length === 0 ? null : { p50: at(0.5), p99: at(0.99) };
  }

  get mean(): number {
    const kept = this.#kept;
    return rounded(kept.reduce((sum, one) => sum + one, 0) / Math.max(1, kept.length));
  }

  get #kept(): Float64Array {
    return this.#all.subarray(0, Math.min(this.#count, LATEST));
  }
}

function perSecond(first: Rates, last: Rates, ms: number): Rates {
  if (ms <= 0) return NOTHING;
  const of = (name: keyof Rates) => rounded(((last[name] - first[name]) * 1_000) / ms);
  return { ended: of("ended"), ran: of("ran"), failed: of("failed") };
}

/** A digit behind the point: more would be read as if it meant something. */
const rounded = (value: number): number => Math.round(value * 10) / 10;
