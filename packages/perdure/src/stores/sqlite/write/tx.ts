import type { Connection } from "../connection.ts";

/** What one write transaction works with. */
export interface Tx {
  readonly connection: Connection;
  /** Store time of the transaction. */
  readonly now: number;
  /** Ids of slots of which some may be free, or asked for, since this transaction began. */
  readonly openSlots: Set<string>;
  /** An instance number for a client's start; blocks are taken from the store. */
  mintNo(): number;
  /** Of real time: how long something holds the file. Null where time is that of the callers. */
  readonly stopwatch: (() => number) | null;
}

/** Takes `count` numbers; the first of them. */
export function takeNumbers(connection: Connection, counter: "instance_no" | "fence", count: number): number {
  const first = connection.number("SELECT value FROM counters WHERE name = ?", counter);
  connection.sql("UPDATE counters SET value = ? WHERE name = ?").run(first + count, counter);
  return first;
}
