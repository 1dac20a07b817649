import { StoreRefusalError } from "../../../store/errors.ts";
import { packed } from "./text-column.ts";

/** What a batch of one row needs, and small enough for Node's pool: a buffer with memory of its own is work for the garbage collector. */
const FIRST_BYTES = 2 * 1_024;

/** All strings of one call, one behind the other; two numbers say where each is (schema/messages.ts). */
export class Texts {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  #hasPacked = false;
  readonly #known = new Map<string, readonly [number, number]>();

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A payload among them is stored packed. */
  get hasPacked(): boolean {
    return this.#hasPacked;
  }

  /** A payload: any string. */
  payload(to: number[], text: string | null): void {
    if (text === null) to.push(0, 0);
    else {
      const bytes = packed(text);
      if (bytes === null) this.#write(to, text);
      else this.#writeBytes(to, bytes);
    }
  }

  /** An id or another short string, which PostgreSQL must be able to compare. */
  plain(to: number[], text: string | null, what: string): void {
    if (text === null) to.push(0, 0);
    else {
      refuseUnstorable(text, what);
      this.#write(to, text);
    }
  }

  /** One of a few that come again and again: names, kinds, statuses. */
  common(to: number[], text: string): void {
    const known = this.#known.get(text);
    if (known !== undefined) to.push(known[0], known[1]);
    else {
      refuseUnstorable(text, "name");
      this.#known.set(text, this.#write(to, text));
    }
  }

  #write(to: number[], text: string): readonly [number, number] {
    this.#ensure(text.length * 3);
    const length = this.#bytes.write(text, this.#length, "utf8");
    const at = this.#length + 1;
    to.push(at, length);
    this.#length += length;
    return [at, length];
  }

  #writeBytes(to: number[], bytes: Buffer): void {
    this.#hasPacked = true;
    this.#ensure(bytes.length);
    bytes.copy(this.#bytes, this.#length);
    to.push(this.#length + 1, -bytes.length);
    this.#length += bytes.length;
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

export function refuseUnstorable(text: string, what: string): void {
  if (isStorable(text)) return;
  const detail = `the ${what} ${JSON.stringify(text)} holds U+0000 or half of a surrogate pair, which PostgreSQL cannot keep`;
  throw new StoreRefusalError({ kind: "refusedData", detail });
}
