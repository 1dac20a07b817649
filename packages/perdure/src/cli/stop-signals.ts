import { endAtOnce } from "./end-at-once.ts";

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
export type StopSignal = keyof typeof SIGNAL_NUMBERS;

/** As shells give it to a process that a signal has ended. */
export const exitCodeOf = (signal: StopSignal): number => 128 + SIGNAL_NUMBERS[signal];

/**
 * Resolves with the first SIGINT or SIGTERM. The second one ends the process at once, with the exit code that shells give to it; `atOnce` is
 * what must not outlive it.
 */
export function firstStopSignal(atOnce: () => void): Promise<StopSignal> {
  return new Promise((resolve) => {
    let stopping = false;
    const onSignal = (signal: StopSignal) => {
      if (stopping) {
        atOnce();
        endAtOnce(exitCodeOf(signal));
      }
      stopping = true;
      resolve(signal);
    };
    process.on("SIGINT", () => onSignal("SIGINT"));
    process.on("SIGTERM", () => onSignal("SIGTERM"));
  });
}

/** As Ctrl+C does it. */
export const askToStop = (): void => void process.emit("SIGINT");
