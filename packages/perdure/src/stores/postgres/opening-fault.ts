import { fault, faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import { isPoolerFault, NotConnectedError, serverError, textOf } from "./postgres-error.ts";

/** Classes and codes of a server that will answer otherwise soon: it starts or stops, is full, is a standby; a deadlock, a lock, a broken connection. */
const PASSING: readonly string[] = ["08", "25006", "40", "53", "55", "57", "58"];

/** Of sockets and names. A name that is not known (yet) belongs here: a container that starts beside this one has none at first. */
const PASSING_SOCKETS: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "ENOTFOUND",
  "ENOENT",
]);

/** What `pg` says of a connection that broke under it, without a code. */
const BROKEN = /Connection terminated|connection error|not queryable|timeout|Timed out|socket/i;

/** Whether another attempt to open the task hub may succeed: not with a wrong password, without the database, or without the right to it. */
export function isPassing(error: unknown): boolean {
  if (error instanceof PerdureError || isPoolerFault(error)) return false;
  if (error instanceof NotConnectedError) return error.cause === undefined || isPassing(error.cause);
  const server = serverError(error);
  if (server !== null) return PASSING.includes(server.code) || PASSING.includes(server.code.slice(0, 2));
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code === "" ? BROKEN.test(textOf(error)) : PASSING_SOCKETS.has(code);
}

/** What went wrong while the store was opened, in words for its operator. */
export function openingFault(error: unknown, shown: string): unknown {
  if (error instanceof PerdureError) return error;
  const cause = error instanceof NotConnectedError && error.cause !== undefined ? error.cause : error;
  if (isPoolerFault(cause)) return faultFrom(cause, "STORE_POOLER_UNFIT", shown, textOf(cause));
  return faultFrom(cause, "STORE_UNREACHABLE", shown, textOf(cause));
}

/** What a later attempt to join cannot repair; null: one may succeed. */
export function joiningFault(error: unknown, shown: string): PerdureError | null {
  if (error instanceof PerdureError) return error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (isPoolerFault(cause)) return fault("STORE_POOLER_UNFIT", shown, textOf(cause));
  const isDenied = ["28", "3D", "42"].includes(serverError(cause)?.code.slice(0, 2) ?? "");
  return isDenied ? faultFrom(cause, "STORE_UNREACHABLE", shown, textOf(cause)) : null;
}
