import { faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { instanceNo } from "../../model/ids.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import { StoreRefusalError } from "../../store/errors.ts";
import { errorText } from "../../telemetry/value-text.ts";

/** There was no connection, so nothing was sent. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
}

/** What the server says about an error (postgresql.org/docs/current/errcodes-appendix.html). Null: it did not come from the server. */
interface ServerError {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly detail: string;
  readonly constraint: string;
}

export function serverError(error: unknown): ServerError | null {
  if (!(error instanceof Error) || !("code" in error) || !("severity" in error)) return null;
  const text = (name: string) => String((error as unknown as { readonly [key: string]: unknown })[name] ?? "");
  return { code: text("code"), severity: text("severity"), message: error.message, detail: text("detail"), constraint: text("constraint") };
}

/** An address with several numbers fails with several errors, and no message of its own. */
export function textOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(textOf).join("; ");
  return errorText(error);
}

/** It answers and takes no writes: a standby, or set so. */
export const isReadOnly = (error: unknown): boolean => serverError(error)?.code === "25006";

/**
 * A pooler between us and the server hands each transaction to another connection: prepared statements and settings of the session are not where they
 * were left. Of PgBouncer in transaction mode before 1.21, or without max_prepared_statements.
 */
export function isPoolerFault(error: unknown): boolean {
  const server = serverError(error);
  if (server === null) return false;
  return (
    server.code === "26000" || server.code === "42P05" || /unsupported startup parameter|prepared statement name is/i.test(server.message)
  );
}

export const POOLER_ADVICE =
  "a pooler in transaction mode does not keep prepared statements: set max_prepared_statements = 200 (PgBouncer 1.21 and newer), or pool_mode = session, or connect to the server directly";

/** The connection is over, or leads to a server that must not be used any more (read-only: it has become a standby). */
export function endsConnection(error: unknown): boolean {
  const server = serverError(error);
  return server === null || server.severity === "FATAL" || server.severity === "PANIC" || isReadOnly(error);
}

/** An administrator ended the connection; another server process crashed. A statement that crashes its own server process gets no such code. */
const CUT_BY_OTHERS: ReadonlySet<string> = new Set(["57P01", "57P02"]);

/**
 * How a call that writes has failed, in the engine's words. An ERROR of the server has rolled the transaction back for certain. What ends the
 * connection instead may have come after the commit.
 */
export function refusalFor(error: unknown): unknown {
  if (error instanceof StoreRefusalError || error instanceof PerdureError) return error;
  if (error instanceof NotConnectedError) return refuse({ kind: "busy", detail: error.message }, error);
  const server = serverError(error);
  if (server === null) return unknown(error);
  if (server.severity === "FATAL" || server.severity === "PANIC")
    return CUT_BY_OTHERS.has(server.code) ? refuse({ kind: "unknown", detail: server.message, cutByOthers: true }, error) : unknown(error);
  return ownRefusal(server, error) ?? generalRefusal(server, error);
}

/** Codes that our functions raise (schema/). */
function ownRefusal({ code, message, detail, constraint }: ServerError, error: unknown): unknown {
  switch (code) {
    case "PD001":
      return refuse({ kind: "fenced" }, error);
    case "PD002":
      return refuse({ kind: "notOwned", ...(JSON.parse(detail) as { nos: readonly InstanceNo[]; missing: boolean }) }, error);
    case "PD003":
      return refuse({ kind: "markerTaken" }, error);
    case "PD004":
      return refuse({ kind: "movedBack" }, error);
    case "26000":
    case "42P05":
      return refuse({ kind: "busy", detail: `${message} (${POOLER_ADVICE})` }, error);
    case "PD008":
    case "42883": // no such function, or with other parameters
      return faultFrom(error, "STORE_OTHER_RELEASE", "database functions", message);
    case "PD005":
      return new Error(message, { cause: error });
    case "23505":
      return constraint === "history_pkey" ? refuse({ kind: "notOwned", nos: placeTaken(detail), missing: false }, error) : null;
    default:
      return null;
  }
}

/** `Key (no, generation, first_seq)=(5, 0, 0) already exists.`, in whatever language. */
function placeTaken(detail: string): readonly InstanceNo[] {
  const match = /=\((\d+),/.exec(detail);
  return match === null ? [] : [instanceNo(Number(match[1]))];
}

/** `passes`: the same call may succeed later. `room`: as that, and less data might fit. `data`: what was to be written is refused, now and always. */
type Trouble = "passes" | "room" | "data";

/** By code where a class holds several kinds, else by class. */
const TROUBLES: ReadonlyMap<string, Trouble> = new Map<string, Trouble>([
  ["53100", "room"], // disk full
  ["53200", "room"], // out of memory
  ["25006", "passes"], // read-only server
  ["55006", "passes"], // object in use
  ["55P03", "passes"], // lock not available
  ["40", "passes"], // deadlock, serialization
  ["53", "passes"], // too many connections, configured limits
  ["57", "passes"], // statement time-out, shutdown, crash, cannot connect now
  ["58", "passes"], // I/O errors and missing files under the server
  ["XX001", "passes"], // damaged data: for the operator, no fault of the instance
  ["XX002", "passes"], // damaged index
  ["22", "data"], // bad encoding, too large
  ["23", "data"], // constraints
  ["54", "data"], // limits of the program
]);

function generalRefusal({ code, message }: ServerError, error: unknown): unknown {
  switch (TROUBLES.get(code) ?? TROUBLES.get(code.slice(0, 2))) {
    case "passes":
      return refuse({ kind: "busy", detail: message }, error);
    case "room":
      return refuse({ kind: "busy", detail: message, lessMayFit: true }, error);
    case "data":
      return refuse({ kind: "refusedData", detail: message }, error);
    default:
      return unknown(error);
  }
}

const refuse = (refusal: StoreRefusal, cause: unknown) => new StoreRefusalError(refusal, { cause });
const unknown = (error: unknown) => refuse({ kind: "unknown", detail: textOf(error) }, error);
