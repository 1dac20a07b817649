import { write, writeSync } from "node:fs";

/** About 50,000 lines. */
const MAX_WAITING_CHARACTERS = 16 * 1_024 * 1_024;
const AGAIN_MS = 50;
/** A flush blocks the process, so it waits for a slow reader for at most so many times AGAIN_MS. */
const FLUSH_ATTEMPTS = 20;

/** All writers of this process: flushed when it exits. */
const writers = new Set<LineWriter>();

/**
 * Writes lines to a file descriptor asynchronously: a slow reader must not stop the engine. A reader that has stopped does not fill
 * the memory either, since lines beyond the limit are dropped; what cannot be written (a full disk, a reader that is gone) is dropped at once.
 */
export class LineWriter {
  readonly #fd: number;
  #waiting = "";
  /** The write under way; the rest of it is written again when the system took only a part. */
  #writing: Buffer | null = null;
  #pause: NodeJS.Timeout | null = null;

  constructor(fd: number) {
    this.#fd = fd;
    if (writers.size === 0) process.on("exit", flushAll);
    writers.add(this);
  }

  write(text: string): void {
    if (this.#waiting.length + text.length > MAX_WAITING_CHARACTERS) return;
    this.#waiting += text;
    if (this.#writing === null) this.#next();
  }

  /** Writes what waits before it returns. A write that is under way is not waited for. */
  flush(): void {
    if (this.#pause !== null) {
      clearTimeout(this.#pause);
      this.#pause = null;
      this.#writeNow(this.#writing ?? Buffer.alloc(0));
      this.#writing = null;
    }
    const text = this.#waiting;
    this.#waiting = "";
    if (text !== "") this.#writeNow(Buffer.from(text));
  }

  #next(): void {
    if (this.#waiting === "") return;
    const chunk = Buffer.from(this.#waiting);
    this.#waiting = "";
    this.#send(chunk);
  }

  #send(chunk: Buffer): void {
    this.#writing = chunk;
    write(this.#fd, chunk, (error, written) => {
      if (error === null && written < chunk.length) this.#send(chunk.subarray(written));
      else if (isBusy(error)) {
        this.#pause = setTimeout(() => {
          this.#pause = null;
          this.#send(chunk);
        }, AGAIN_MS).unref();
      } else {
        this.#writing = null;
        this.#next();
      }
    });
  }

  #writeNow(chunk: Buffer): void {
    let rest = chunk;
    for (let attempt = 0; rest.length > 0 && attempt < FLUSH_ATTEMPTS; ) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        if (!isBusy(error)) return;
        attempt += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
      }
    }
  }
}

function flushAll(): void {
  for (const writer of writers) writer.flush();
}

/** A pipe without room, whose reader is slow. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "EAGAIN" || error.code === "EBUSY");
