import { StoreRefusalError } from "../../store/errors.ts";
import { errorText } from "../../telemetry/value-text.ts";

/** Primary result codes of SQLite (sqlite.org/rescode.html) that mean something to us. */
export const RESULT = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  interrupted: 9,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  schema: 17,
  tooBig: 18,
  constraint: 19,
  mismatch: 20,
  notADatabase: 26,
} as const;

/**
 * `passes`: trouble of the disk, the memory or a neighbour; the same call may succeed later. `room`: as that, and less data might fit. `data`: what was to
 * be written is refused, now and always. `damage`: the file needs its operator.
 */
type Trouble = "passes" | "room" | "data" | "damage";

interface Meaning {
  readonly trouble: Trouble;
  /** The connection is not to be trusted any more. */
  readonly reopen: boolean;
  readonly words: string;
}

const means = (trouble: Trouble, reopen: boolean, words: string): Meaning => ({ trouble, reopen, words });

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [RESULT.busy, means("passes", false, "another process holds the database")],
  [RESULT.locked, means("passes", false, "another process holds the database")],
  [RESULT.noMemory, means("room", true, "there is no memory left")],
  [RESULT.readOnly, means("passes", true, "the file takes no writes")],
  [RESULT.interrupted, means("passes", false, "the call was interrupted")],
  [RESULT.ioError, means("passes", true, "the disk reports an error")],
  [RESULT.corrupt, means("damage", true, "the database file is damaged")],
  [RESULT.full, means("room", false, "the disk is full")],
  [RESULT.cannotOpen, means("passes", true, "the file cannot be opened")],
  [RESULT.protocol, means("passes", true, "the locks of the file are in disorder")],
  [RESULT.schema, means("passes", true, "the tables were changed meanwhile")],
  [RESULT.tooBig, means("data", false, "")],
  [RESULT.constraint, means("data", false, "")],
  [RESULT.mismatch, means("data", false, "")],
  [RESULT.notADatabase, means("damage", true, "the database file is damaged")],
]);

/** The primary result code, or null when it is not an error of SQLite. */
export function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

const meaningOf = (error: unknown): Meaning | undefined => MEANINGS.get(resultCode(error) ?? -1);

/**
 * What the engine is told, of an error after which the transaction was rolled back for certain. Even where a disk that failed to flush had written it all:
 * the same batch may be sent again, since its marker tells it from a new one.
 */
export function refusalAfterRollback(error: unknown): unknown {
  if (resultCode(error) === null) return error;
  const meaning = meaningOf(error);
  if (meaning === undefined) return unknown(error);
  const { trouble, words } = meaning;
  if (trouble === "data") return new StoreRefusalError({ kind: "refusedData", detail: errorText(error) }, { cause: error });
  const detail = `${words} (${errorText(error)})`;
  return new StoreRefusalError({ kind: "busy", detail, ...(trouble === "room" ? { lessMayFit: true } : {}) }, { cause: error });
}

export const unknown = (error: unknown): StoreRefusalError =>
  new StoreRefusalError({ kind: "unknown", detail: errorText(error) }, { cause: error });

/** After these the file handle is not to be trusted any more. */
export function needsReopening(error: unknown): boolean {
  return resultCode(error) !== null && (meaningOf(error)?.reopen ?? true);
}
