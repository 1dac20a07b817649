import type { WorkerSettings } from "../options.ts";
import type { Committer } from "./committer.ts";

export interface BatchRoomPort {
  readonly committer: Pick<Committer, "gathering" | "seal" | "isOccupied" | "bytes">;
  readonly settings: Pick<WorkerSettings, "maxBatchRows" | "maxBatchBytes">;
  /** Episodes that the next batch takes at most. */
  readonly episodesPerCommit: number;
}

/**
 * Whether the gathering batch has room for what one more episode records. What is not durable stays bounded (docs/design/ownership.md 8). `awaited`:
 * episodes under way that it waits for.
 */
export class BatchRoom {
  readonly #port: BatchRoomPort;

  constructor(port: BatchRoomPort) {
    this.#port = port;
  }

  /** For its sake a full batch is sealed, if the writer is free. */
  make(awaited: number): boolean {
    if (this.#isFull(awaited)) this.#port.committer.seal();
    return !this.#isFull(awaited) && !this.#isTooMuch();
  }

  /** No room until the batch in flight is answered. */
  isBlocked(awaited: number): boolean {
    return this.#port.committer.isOccupied && (this.#isFull(awaited) || this.#isTooMuch());
  }

  /** Of rows or bytes: what comes now waits for the next batch. */
  get isFullOfRows(): boolean {
    const { committer, settings } = this.#port;
    const { rows, bytes } = committer.gathering;
    return rows >= settings.maxBatchRows || bytes >= settings.maxBatchBytes;
  }

  #isTooMuch(): boolean {
    const { committer, settings } = this.#port;
    return committer.bytes > 4 * settings.maxBatchBytes;
  }

  #isFull(awaited: number): boolean {
    const { committer, episodesPerCommit } = this.#port;
    return committer.gathering.episodes + awaited >= episodesPerCommit || this.isFullOfRows;
  }
}
