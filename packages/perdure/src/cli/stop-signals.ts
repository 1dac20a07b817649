import type { CommandIo } from "./command.ts";

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
type StopSignal = keyof typeof SIGNAL_NUMBERS;

/**
 * Resolves with the first SIGINT or SIGTERM. The second one ends the process at once, with the exit code that shells give to it; `atOnce` is
 * what must not outlive it.
 */
export function firstStopSignal(io: CommandIo, atOnce: () => void): Promise<StopSignal> {
  return new Promise((resolve) => {
    let stopping = false;
    const onSignal = (signal: StopSignal) => {
      if (stopping) {
        atOnce();
        io.exit(128 + SIGNAL_NUMBERS[signal]);
      }
      stopping = true;
      resolve(signal);
    };
    process.on("SIGINT", () => onSignal("SIGINT"));
    process.on("SIGTERM", () => onSignal("SIGTERM"));
  });
}
