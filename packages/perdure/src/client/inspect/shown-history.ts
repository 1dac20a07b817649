import type { Branded } from "../../model/brand.ts";
import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Payload } from "../../model/payload.ts";
import type { Preview } from "./shown-payload.ts";

/** What a function threw. Its type, message and stack are always shown; what the error carried beside them is a payload. */
export interface ShownFailure {
  readonly errorType: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ShownFailure;
  readonly errors?: readonly ShownFailure[];
  readonly properties?: Preview;
  readonly value?: Preview;
  readonly isNonRetriable?: true;
}

/** As recorded, with a preview for each payload, and ids as plain texts and numbers. */
export type Shown<Value> = Value extends Payload
  ? Preview
  : Value extends Branded<string, string>
    ? string
    : Value extends Branded<number, string>
      ? number
      : Value extends Failure
        ? ShownFailure
        : Value extends object
          ? { readonly [Key in keyof Value]: Shown<Value[Key]> }
          : Value;

/** An event of a history, under the names of Durable Functions. `ts`: ms since 1970, store time. */
export type ShownEvent = Shown<HistoryEvent>;

export interface HistoryItem {
  /** Place within its generation, from 0. */
  readonly seq: number;
  readonly event: ShownEvent;
}

/** In rising order. */
export interface HistoryPage {
  readonly generation: number;
  /** Of this generation. */
  readonly total: number;
  readonly events: readonly HistoryItem[];
  /** `from` of the page behind this one; null: this is the last that is recorded. */
  readonly next: number | null;
  /** `seq` of the first of the page; more than 0: there are earlier ones. */
  readonly first: number;
  /** The history cannot be read from here on, and why. */
  readonly problem: string | null;
}
