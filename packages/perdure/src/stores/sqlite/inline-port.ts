import type { Connection } from "./connection.ts";
import { readPragmas } from "./pragmas.ts";
import type { StoreTime } from "./store-time.ts";
import type { OperationName, ParamsOf, ResultOf } from "./write/operations.ts";
import type { WriterOptions, WriterParts } from "./writer.ts";
import { SqliteWriter } from "./writer.ts";
import type { Pragmas, WriterPort } from "./writer-port.ts";

const POLL_MS = 25;

/** The writer on the calling thread: every call is done when it returns. Deterministic, and as slow as the disk. */
export class InlinePort implements WriterPort {
  readonly #writer: SqliteWriter;
  readonly #time: StoreTime;
  readonly #onForeign: () => void;
  #poll: NodeJS.Timeout | null = null;

  constructor(options: WriterOptions, parts: WriterParts, time: StoreTime, onForeign: () => void) {
    this.#writer = new SqliteWriter(options, parts);
    this.#time = time;
    this.#onForeign = onForeign;
    time.learn(this.#writer.now);
  }

  /** Reads go over it as well. */
  connection(): Connection {
    return this.#writer.connection();
  }

  async call<Name extends OperationName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>> {
    const [outcome] = this.#writer.run([{ name, params }], this.#time.now());
    this.#time.learn(this.#writer.now);
    if (outcome === undefined || !outcome.ok) throw outcome?.error;
    return outcome.value as ResultOf<Name>;
  }

  watch(on: boolean): void {
    if (on === (this.#poll !== null)) return;
    if (this.#poll !== null) clearInterval(this.#poll);
    this.#poll = on ? setInterval(() => this.#look(), POLL_MS).unref() : null;
  }

  async pragmas(): Promise<Pragmas> {
    return readPragmas(this.#writer.connection());
  }

  async close(): Promise<void> {
    this.watch(false);
    this.#writer.close();
  }

  #look(): void {
    this.#writer.lookAtFiles();
    if (this.#writer.takeForeignChange()) this.#onForeign();
  }
}
