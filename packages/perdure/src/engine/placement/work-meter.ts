import type { Clock } from "../../process/clock.ts";
import type { WorkerWork } from "../../store/rows.ts";

type Rates = Pick<WorkerWork, "ended" | "ran" | "failed">;

/** Rates are over so long, or a little longer: whole pieces of it. */
const WINDOW_MS = 10_000;
const COMMITS = 256;
const BUILD_CHARS = 12;
const NOTHING: Rates = { ended: 0, ran: 0, failed: 0 };

/** What a worker counts of its work, for people who look at its row: some additions for each batch and each attempt. */
export class WorkMeter {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #joinedAt = 0;
  #ended = 0;
  #ran = 0;
  #failed = 0;
  /** Sums as they were, oldest first. */
  #before: readonly (Rates & { readonly at: number })[] = [];
  readonly #tookMs = new Float64Array(COMMITS);
  readonly #rows = new Float64Array(COMMITS);
  #commits = 0;

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#clock = clock;
  }

  /** `now`: store time. */
  joined(now: number): void {
    this.#joinedAt = now;
    this.#before = [{ at: this.#clock.monotonicMs(), ...this.#sums }];
  }

  committed(tookMs: number, rows: number, ended: number): void {
    const at = this.#commits % COMMITS;
    this.#tookMs[at] = tookMs;
    this.#rows[at] = rows;
    this.#commits += 1;
    this.#ended += ended;
  }

  /** An attempt of an activity has ended. */
  attempted(failed: boolean): void {
    this.#ran += 1;
    if (failed) this.#failed += 1;
  }

  /** Since it was read about {@link WINDOW_MS} before. */
  read(codeVersion: string, isDraining: boolean): WorkerWork {
    const now = this.#clock.monotonicMs();
    const first = this.#before.findLast(({ at }) => at <= now - WINDOW_MS) ?? this.#before[0];
    const sums = this.#sums;
    this.#before = [...this.#before.filter(({ at }) => at >= (first?.at ?? 0)), { at: now, ...sums }];
    const rates = first === undefined ? NOTHING : perSecond(first, sums, now - first.at);
    return { joinedAt: this.#joinedAt, build: codeVersion.slice(0, BUILD_CHARS), isDraining, ...rates, commit: this.#commit };
  }

  get #sums(): Rates {
    return { ended: this.#ended, ran: this.#ran, failed: this.#failed };
  }

  get #commit(): WorkerWork["commit"] {
    const count = Math.min(this.#commits, COMMITS);
    if (count === 0) return null;
    const took = this.#tookMs.slice(0, count).sort();
    const at = (share: number) => rounded(took[Math.min(count - 1, Math.floor(share * count))] ?? 0);
    const rows = this.#rows.subarray(0, count).reduce((sum, one) => sum + one, 0) / count;
    return { p50: at(0.5), p99: at(0.99), rows: rounded(rows) };
  }
}

function perSecond(first: Rates, last: Rates, ms: number): Rates {
  if (ms <= 0) return NOTHING;
  const of = (name: keyof Rates) => rounded(((last[name] - first[name]) * 1_000) / ms);
  return { ended: of("ended"), ran: of("ran"), failed: of("failed") };
}

/** A digit behind the point: more would be read as if it meant something. */
const rounded = (value: number): number => Math.round(value * 10) / 10;
