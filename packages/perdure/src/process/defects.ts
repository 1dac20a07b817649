import { faultFrom, PerdureError } from "../errors/perdure-error.ts";
import { isInEngine } from "./code-scope.ts";

/** Returns true if it handles the defect itself: it ends this process, or keeps it alive (the simulator continues with the next seed). */
type Listener = (error: unknown) => boolean;

const listeners = new Set<Listener>();

/** Called with each defect of the engine in this process, before the process ends. Returns the way to stop it. */
export function onDefect(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Nothing in the engine waits for this error, so what it was about to do is half done, and what it does next may rest on that. The store is whole: only
 * commits change it. So workers stop at once and the process ends, as by a crash, from which everything recovers: the work continues elsewhere, and an
 * instance that brings it about each time is stopped as a crash suspect. Throws, for Node to end the process with that error.
 */
export function endByDefect(error: unknown): void {
  let isSeenTo = false;
  for (const listener of [...listeners]) if (listener(error)) isSeenTo = true;
  if (!isSeenTo) throw faultFrom(error, "ENGINE_DEFECT", error);
}

/** An error of the catalogue is meant for a caller that did not catch it; the engine's own have no code. */
export const isDefect = (error: unknown): boolean => isInEngine() && !(error instanceof PerdureError);

/** A callback of the engine's that nothing stands around. */
export function guarded(task: () => void): () => void {
  return () => {
    try {
      task();
    } catch (error) {
      if (!isDefect(error)) throw error;
      endByDefect(error);
    }
  };
}
