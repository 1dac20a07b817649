/** Longer messages are not sent. UTF-16 units. */
export const LONGEST_LIVE_MESSAGE = 200_000;

/**
 * Short messages among the processes that share a store, for what is worth nothing a moment later: nothing is kept, a message may be lost, and who sends one
 * may hear it too. It costs nothing while no process listens or sends.
 */
export interface LiveBus {
  /** Never throws. */
  send(message: string): void;
  /** Returns the way to stop it. */
  listen(listener: LiveListener): () => void;
}

export interface LiveListener {
  onMessage(message: string): void;
  /** From now on it hears what is sent: at once, or when a connection is there, and again when one was lost. What was sent before is not heard. */
  onReady(): void;
}
