import type { WorkerSettings } from "../options.ts";
import type { Committer } from "./committer.ts";

export interface BatchRoomPort {
  readonly committer: Pick<Committer, "gathering" | "seal" | "isOccupied" | "bytes">;
  readonly settings: Pick<WorkerSettings, "maxBatchRows" | "maxBatchBytes">;
  /** Episodes that the next batch takes at most. */
  readonly episodesPerCommit: number;
  /** Those under way that it waits for. */
  readonly awaited: number;
}

/** Whether the gathering batch has room for what one more episode records. What is not durable stays bounded (docs/design/ownership.md 8). */
export class BatchRoom {
  readonly #port: BatchRoomPort;

  constructor(port: BatchRoomPort) {
    this.#port = port;
  }

  /** For its sake a full batch is sealed, if the writer is free. */
  make(): boolean {
    if (this.#isFull) this.#port.committer.seal();
    return !this.#isFull && !this.#isTooMuch();
  }

  /** No room until the batch in flight is answered. */
  get isBlocked(): boolean {
    return this.#port.committer.isOccupied && (this.#isFull || this.#isTooMuch());
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

  get #isFull(): boolean {
    const { committer, episodesPerCommit, awaited } = this.#port;
    return committer.gathering.episodes + awaited >= episodesPerCommit || this.isFullOfRows;
  }
}
