import { StoreRefusalError } from "../../store/errors.ts";

/** Primary result codes of SQLite (sqlite.org/rescode.html) that mean something to us. */
export const RESULT = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  cannotOpen: 14,
  protocol: 15,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
} as const;

/** The primary result code, or null when it is no error of SQLite. */
export function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What the engine is told, of an error after which the transaction was rolled back for certain. */
export function refusalAfterRollback(error: unknown): unknown {
  switch (resultCode(error)) {
    case null:
      return error;
    case RESULT.busy:
    case RESULT.locked:
      return new StoreRefusalError({ kind: "busy", detail: `another process holds the database: ${textOf(error)}` }, { cause: error });
    case RESULT.tooBig:
    case RESULT.constraint:
    case RESULT.mismatch:
      return new StoreRefusalError({ kind: "refusedData", detail: textOf(error) }, { cause: error });
    default:
      return unknown(error);
  }
}

export const unknown = (error: unknown): StoreRefusalError =>
  new StoreRefusalError({ kind: "unknown", detail: textOf(error) }, { cause: error });

/** After these the file handle is not to be trusted any more. */
export function needsReopening(error: unknown): boolean {
  const code = resultCode(error);
  return (
    code !== null && ![RESULT.busy, RESULT.locked, RESULT.tooBig, RESULT.constraint, RESULT.mismatch].some((harmless) => harmless === code)
  );
}
