import { faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { RESULT, resultCode } from "./sqlite-error.ts";

export interface OpenOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** True: a file of an earlier schema is refused, and not brought up to date. */
  readonly asItIs?: boolean;
}

/** What went wrong while the file was opened, in words for its operator. */
export function openingFault(error: unknown, path: string): unknown {
  if (error instanceof PerdureError) return error;
  switch (resultCode(error)) {
    case RESULT.busy:
    case RESULT.locked:
      return faultFrom(error, "STORE_LOCKED", path);
    case RESULT.notADatabase:
      return faultFrom(error, "STORE_FOREIGN", path);
    case RESULT.corrupt:
      return faultFrom(error, "STORE_CORRUPT", path, errorText(error));
    default:
      return faultFrom(error, "STORE_UNREADABLE", path, errorText(error));
  }
}

/** What went wrong while the open file was read. */
export function readingFault(error: unknown, path: string): unknown {
  switch (resultCode(error)) {
    case null:
      return error instanceof PerdureError
        ? error
        : faultFrom(error, "STORE_CORRUPT", path, `a row of it cannot be read (${errorText(error)})`);
    case RESULT.corrupt:
    case RESULT.notADatabase:
      return faultFrom(error, "STORE_CORRUPT", path, errorText(error));
    default:
      return faultFrom(error, "STORE_UNAVAILABLE", errorText(error));
  }
}
