import { randomUUID } from "node:crypto";

/** PostgreSQL takes less than 8,000 bytes in one notification. */
const MOST_BYTES = 7_500;
/** Of messages whose parts have not all come, the oldest go. */
const MOST_OPEN = 100;

/** `id number count base64`: a message in pieces, in any order. */
export function partsOf(message: string): readonly string[] {
  const text = Buffer.from(message).toString("base64");
  const id = randomUUID();
  const count = Math.ceil(text.length / MOST_BYTES);
  return Array.from({ length: count }, (_, number) => {
    return `${id} ${number} ${count} ${text.slice(number * MOST_BYTES, (number + 1) * MOST_BYTES)}`;
  });
}

const PART = /^(\S+) (\d{1,6}) (\d{1,6}) ([A-Za-z0-9+/=]*)$/;

/** Puts messages together again. */
export class LiveParts {
  readonly #open = new Map<string, string[]>();

  /** The message of which this is the last part to come; null while others are missing, and for what is not ours. */
  add(payload: string): string | null {
    const [, id, number, count, text] = PART.exec(payload) ?? [];
    if (id === undefined || text === undefined) return null;
    if (count === "1") return decoded(text);
    const parts = this.#open.get(id) ?? [];
    parts[Number(number)] = text;
    const all = Object.values(parts);
    if (all.length === Number(count)) {
      this.#open.delete(id);
      return decoded(all.join(""));
    }
    this.#open.set(id, parts);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(oldest);
    }
    return null;
  }
}

const decoded = (text: string): string => Buffer.from(text, "base64").toString();
