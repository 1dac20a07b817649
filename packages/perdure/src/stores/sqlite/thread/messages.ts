import type { MessagePort } from "node:worker_threads";
import type { ErrorCode } from "../../../errors/catalogue.ts";
import { PerdureError } from "../../../errors/perdure-error.ts";
import type { StoreRefusal } from "../../../store/errors.ts";
import { StoreRefusalError } from "../../../store/errors.ts";
import type { LogEntry } from "../../../telemetry/engine-log.ts";
import type { Operation } from "../write/operations.ts";
import type { WriterOptions } from "../writer.ts";
import type { Pragmas } from "../writer-port.ts";

export interface ThreadData {
  /** Of the commits that will come (`LAYOUT_NUMBER`). Another release, in another file, may send none. */
  readonly layout: number;
  readonly options: WriterOptions;
  /** False: store time follows the times that come with the calls alone. */
  readonly systemClock: boolean;
  readonly port: MessagePort;
  /** Index 0 is rung after each post to the thread. */
  readonly bell: SharedArrayBuffer;
}

export type ToWriter =
  | { readonly kind: "run"; readonly at: number; readonly operations: readonly Operation[] }
  | { readonly kind: "watch"; readonly on: boolean }
  | { readonly kind: "pragmas" }
  | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "ready"; readonly now: number }
  | { readonly kind: "notOpened"; readonly error: WireError }
  /** In the order of the operations, some of which may still be on their way. */
  | { readonly kind: "done"; readonly now: number; readonly outcomes: readonly WireOutcome[] }
  | { readonly kind: "pragmas"; readonly pragmas: Pragmas }
  | { readonly kind: "foreign" }
  /** For the log. */
  | { readonly kind: "said"; readonly entry: LogEntry }
  /** The files are not those that are open, or (null) are again. */
  | { readonly kind: "trouble"; readonly detail: string | null };

/** A refusal or an error in a wrapper; anything else is the value. An empty receipt, the usual one, travels as null. */
export type WireOutcome = WireError | { readonly value: unknown } | null;

export type WireError =
  | { readonly refusal: StoreRefusal; readonly stack?: string }
  | { readonly code: ErrorCode; readonly message: string }
  | { readonly message: string };

export function errorToWire(error: unknown): WireError {
  if (error instanceof StoreRefusalError) return { refusal: error.refusal };
  if (error instanceof PerdureError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function errorFromWire(wire: WireError): Error {
  if ("refusal" in wire) return new StoreRefusalError(wire.refusal);
  if ("code" in wire) return new PerdureError(wire.code, wire.message);
  return new Error(wire.message);
}
