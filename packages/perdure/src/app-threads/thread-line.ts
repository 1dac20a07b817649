import type { GuestSetup } from "./guest.ts";
import type { FromThread, ToThread } from "./messages.ts";

/** What is known of the calls of a thread while it says nothing: memory that both see (claims.ts), or for a process what it has said (process-claims.ts). */
export interface CallClaims {
  /** Null: it has as many as it may have. */
  post(): number | null;
  /** Takes back those of these calls that have not begun. Each is told when it is certain: at once, or a little later. */
  withdraw(calls: readonly number[], taken: (call: number) => void): void;
  hasBegun(call: number): boolean;
  release(call: number): void;
  /** Of calls that have ended while the thread takes no messages: those that have not left it. */
  readonly answers: readonly FromThread[];
  readonly turns: number;
  readonly accused: number | "none" | null;
  readonly running: number | null;
}

/** The way to one thread, or process, that runs an app. */
export interface ThreadLine {
  /** Of a process of its own; null: a thread of this one. */
  readonly pid: number | null;
  readonly claims: CallClaims;
  send(message: ToThread): void;
  /** At once, whatever runs there. */
  kill(): Promise<void>;
  /** What it computes at the moment: a function and its line; null: it cannot be known. */
  holder(): Promise<string | null>;
  /** Bytes of its heap that are used; null: not known. */
  heapBytes(): Promise<number | null>;
}

export interface LineEvents {
  received(message: FromThread): void;
  /** Once, after all that it has said. */
  ended(end: LineEnd): void;
}

export interface LineEnd {
  /** For people: "it called process.exit(3)". */
  readonly reason: string;
  /** What nothing caught; null: it ended without one. */
  readonly error: unknown;
}

export type StartLine = (setup: GuestSetup, events: LineEvents) => ThreadLine;
