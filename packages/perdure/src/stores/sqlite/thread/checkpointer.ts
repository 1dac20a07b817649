import { Worker } from "node:worker_threads";
import { threadOptions, workerEntry } from "../../../worker-entry.ts";
import type { Connection } from "../connection.ts";
import { copyLogWithMark, framesLeft } from "../log-mark.ts";

/** Frames of the log (pages of 4 KB) that are worth a checkpoint: 16 MB. */
const ENOUGH_FRAMES = 4_000;
/** What the writer copies itself at the end, so that the log can start over: some milliseconds. */
const FEW_FRAMES = 1_000;
const COMMITS_PER_LOOK = 8;
const CLOSE_MS = 5_000;

/** Places in the memory shared with the thread. */
export const REQUEST = 0;
export const ANSWER = 1;
export const Request = { none: 0, checkpoint: 1, close: 2 } as const;
export const Answer = { none: 0, done: 1, closed: 2 } as const;

export interface CheckpointThreadData {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly shared: SharedArrayBuffer;
}

/**
 * Has the log copied into the database by a thread beside the writer, which continues committing meanwhile; the writer copies the little that
 * came in between, because a log starts over only when nothing is left to copy. By SQLite's own checkpoint in a commit, 15 % of the writer's
 * time at 256 instances in flight were checkpoints, and 15 to 35 ms of waiting for a caller that met one; now 3 to 8 ms (2026-11-21).
 * The thread is made when the first log is long enough. Should it fail, `wal_autocheckpoint` does the work as before.
 */
export class Checkpointer {
  readonly #data: CheckpointThreadData;
  readonly #places: Int32Array<SharedArrayBuffer>;
  #thread: Worker | null = null;
  #commits = 0;

  constructor(path: string, busyTimeoutMs: number) {
    this.#data = { path, busyTimeoutMs, shared: new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT) };
    this.#places = new Int32Array(this.#data.shared);
  }

  /** Called between two transactions of the writer. */
  afterCommit(connection: Connection): void {
    this.#commits += 1;
    const isDone = Atomics.load(this.#places, ANSWER) === Answer.done;
    if (!isDone && this.#commits % COMMITS_PER_LOOK !== 0) return;
    const frames = framesLeft(connection, "NOOP");
    if (isDone) {
      Atomics.store(this.#places, ANSWER, Answer.none);
      if (frames <= FEW_FRAMES) {
        copyLogWithMark(connection);
        return;
      }
    }
    if (frames >= ENOUGH_FRAMES || isDone) this.#request();
  }

  /** The thread's connection goes first, so that the writer's is the last one and takes the log along. */
  close(): void {
    if (this.#thread === null) return;
    Atomics.store(this.#places, REQUEST, Request.close);
    Atomics.notify(this.#places, REQUEST);
    const until = performance.now() + CLOSE_MS;
    for (let seen = this.#answer; seen !== Answer.closed && performance.now() < until; seen = this.#answer) {
      Atomics.wait(this.#places, ANSWER, seen, CLOSE_MS);
    }
    this.#thread = null;
  }

  get #answer(): number {
    return Atomics.load(this.#places, ANSWER);
  }

  #request(): void {
    if (this.#thread === null) {
      this.#thread = new Worker(workerEntry(import.meta.url, "./checkpoint-thread"), {
        ...threadOptions(),
        workerData: this.#data,
        name: "perdure-checkpoint",
      });
      this.#thread.on("error", () => {}); // without it the log is copied in commits
      this.#thread.unref();
    }
    if (Atomics.compareExchange(this.#places, REQUEST, Request.none, Request.checkpoint) === Request.none) {
      Atomics.notify(this.#places, REQUEST);
    }
  }
}
