export interface Patience {
  /** 0: one attempt. */
  readonly timeoutMs: number;
  /** Whether another attempt may succeed. */
  readonly isPassing: (error: unknown) => boolean;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Again and again until it succeeds, fails for good, or the time is over; then with the last error. Pauses double up to a second. */
export async function patiently<T>(attempt: () => Promise<T>, { timeoutMs, isPassing }: Patience): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || performance.now() + pauseMs >= until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
