/** A load that is always at its level: as soon as one call ends, the next begins. */
export interface ClosedLoop {
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** One unit of work with its own number; rejects when the result is wrong. */
  readonly once: (n: number) => Promise<void>;
}

export interface ClosedLoopResult {
  readonly completed: number;
  readonly seconds: number;
  /** Of all that ended within the measured time. */
  readonly milliseconds: readonly number[];
}

/**
 * Time is read, never waited for: a contender that keeps the microtask queue busy starves timers, and would make a timed load run long.
 */
export async function runClosedLoop(loop: ClosedLoop): Promise<ClosedLoopResult> {
  const began = performance.now();
  const from = began + loop.warmUpMs;
  const until = from + loop.measureMs;
  const milliseconds: number[] = [];
  let next = 0;
  let failed = false;

  const lane = async (): Promise<void> => {
    while (!failed) {
      const started = performance.now();
      if (started >= until) return;
      await loop.once(next++);
      const ended = performance.now();
      if (ended >= from && ended < until) milliseconds.push(ended - started);
    }
  };
  const lanes = Array.from({ length: loop.inFlight }, () =>
    lane().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(lanes);
  return { completed: milliseconds.length, seconds: loop.measureMs / 1_000, milliseconds };
}

export interface Rounds {
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** A small part of a round. */
  readonly warmUp: (index: number) => Promise<unknown>;
  /** One round; returns its latencies. */
  readonly round: (index: number) => Promise<readonly number[]>;
}

export interface RoundsResult {
  readonly rounds: number;
  /** The time that the measured rounds took, together. */
  readonly seconds: number;
  readonly milliseconds: readonly number[];
}

/** Rounds one after another, at least one, until the time is over. */
export async function runRounds(load: Rounds): Promise<RoundsResult> {
  const warm = performance.now() + load.warmUpMs;
  for (let index = 0; index === 0 || performance.now() < warm; index++) await load.warmUp(index);

  let index = 0;
  const milliseconds: number[] = [];
  const from = performance.now();
  const until = from + load.measureMs;
  let rounds = 0;
  do {
    milliseconds.push(...(await load.round(index++)));
    rounds++;
  } while (performance.now() < until);
  return { rounds, seconds: (performance.now() - from) / 1_000, milliseconds };
}

/** Milliseconds that it takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

export const rssMiB = (): number => process.memoryUsage.rss() / 1_048_576;
