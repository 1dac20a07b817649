import type { ErrorCode } from "../errors/catalogue.ts";
import { CATALOGUE } from "../errors/catalogue.ts";
import { fault, PerdureError } from "../errors/perdure-error.ts";
import { ERROR_HEADER } from "../http/responses.ts";
import { CONTINUATION } from "../http/wire/continuation.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { ManagementDoor } from "./management-door.ts";
import { shortJson } from "./render.ts";

/** What the commands read of the management API's status object. */
export interface WireStatus {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  /** A host of an older release leaves out this field and the next two. */
  readonly version?: string | null;
  readonly tags?: { readonly [name: string]: string } | null;
  readonly parentInstanceId?: string | null;
  /** Why it is stopped, when it is. */
  readonly stopped?: { readonly code: string; readonly message: string };
  readonly historyEvents?: readonly WireEvent[];
  /** A host of an older release leaves it out. */
  readonly waitingFor?: WireWaitingFor | null;
}

/** Times are ISO 8601. */
export interface WireWaitingFor {
  readonly state: string;
  readonly since: string;
  readonly because: string;
  readonly events: readonly { readonly name: string; readonly since: string }[];
  readonly timers: readonly { readonly dueAt: string; readonly of: string }[];
  readonly activities: readonly {
    readonly name: string;
    readonly attempt: number;
    readonly where: string;
    readonly worker: number | null;
    readonly since: string;
    readonly heartbeat: string | null;
    /** A host of an older release leaves it out. */
    readonly slot?: { readonly key: string; readonly limit: number; readonly held: number; readonly holders: readonly string[] } | null;
    /** A host of an older release leaves it out. */
    readonly held?: { readonly isHolder: boolean; readonly at: string | null } | null;
  }[];
  readonly children: readonly {
    readonly instanceId: string;
    readonly name: string;
    readonly status: string | null;
    readonly since: string;
  }[];
  /** A host of an older release leaves it out. */
  readonly entities?: readonly {
    readonly entity: string;
    readonly operation: string | null;
    readonly lockedBy: string | null;
    readonly since: string;
  }[];
  /** A host of an older release leaves out the names. */
  readonly unread: readonly { readonly kind: string; readonly name?: string | null; readonly since: string }[];
  /** A host of an older release leaves it out. */
  readonly unawaited?: readonly { readonly name: string; readonly nearest: string | null; readonly since: string }[];
  readonly owner: { readonly worker: number; readonly host: string; readonly leaseUntil: string; readonly alive: boolean } | null;
  readonly more: number;
}

export interface WireEvent {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly FunctionName?: string;
  readonly Name?: string;
  /** A host of an older release leaves out this field and the next two. */
  readonly Position?: number;
  readonly Episode?: number;
  readonly EventId?: number | null;
  /** Of an activity that has run. */
  readonly RanMilliseconds?: number;
  readonly Worker?: number;
  readonly [field: string]: unknown;
}

/** The shape is the management API's promise, kept by its own tests. */
export async function readJson<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

export async function checkStatus(response: Response, what: string, accepted: readonly number[]): Promise<void> {
  if (accepted.includes(response.status)) return;
  const text = errorText(await response.text());
  const code = response.headers.get(ERROR_HEADER);
  // The error that the host had, under its own code and with its own advice.
  if (code !== null && isErrorCode(code) && text !== "") throw new PerdureError(code, text);
  throw fault("REQUEST_REFUSED", what, response.status, text.replace(/\.$/, "") || (ADVICE[response.status] ?? ""));
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(CATALOGUE, code);

/** For answers with an empty body. */
const ADVICE: { readonly [status: number]: string } = {
  401: "the host requires a key: pass it with --key or PERDURE_KEY (HTTP status 401)",
  403: "a host without a key answers only under a loopback name: use http://localhost:PORT, or give the host a key (HTTP status 403)",
  404: "no Perdure host answers there, or its management API has another path: give that with --url (HTTP status 404)",
};

/** The error body is `{ Message }`, a JSON string, or nothing. */
function errorText(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "string") return value;
    if (typeof value !== "object" || value === null) return body;
    const detail = "ExceptionMessage" in value ? value.ExceptionMessage : "Message" in value ? value.Message : undefined;
    return typeof detail === "string" ? detail : body;
  } catch {
    return body;
  }
}

export async function readStatus(door: ManagementDoor, id: string, query: Query = {}): Promise<WireStatus> {
  const response = await door.send({
    method: "GET",
    path: `/instances/${encodeURIComponent(id)}`,
    query: { showDetails: "true", ...query },
  });
  if (response.status === 404) throw fault("INSTANCE_NOT_FOUND", id);
  await checkStatus(response, `The query for "${id}"`, [200, 202]);
  return readJson(response);
}

/** As every host reads them, older ones too: ISO 8601 in UTC, and statuses in their own spelling. */
export function rangeQuery(range: {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly status?: readonly RuntimeStatus[] | undefined;
}): Query {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return { createdTimeFrom: time(range.from), createdTimeTo: time(range.to), runtimeStatus: range.status?.join(",") };
}

const LONGEST_PAGE = 1_000;

type Query = { readonly [name: string]: string | readonly string[] | undefined };

/** Pages until `top` instances are there or no page is left: a page may be short, or empty, and still not be the last. */
export async function readAll(
  door: ManagementDoor,
  query: Query,
  top: number,
): Promise<{ readonly instances: readonly WireStatus[]; readonly more: boolean }> {
  const instances: WireStatus[] = [];
  let token: string | null = null;
  do {
    const page = await readPage(door, query, top - instances.length, token);
    instances.push(...page.instances);
    token = page.token;
  } while (token !== null && instances.length < top);
  return { instances, more: token !== null };
}

/** All that the query finds. */
export async function* pagesOf(door: ManagementDoor, query: Query): AsyncGenerator<readonly WireStatus[]> {
  let token: string | null = null;
  do {
    const page = await readPage(door, query, LONGEST_PAGE, token);
    yield page.instances;
    token = page.token;
  } while (token !== null);
}

interface Page {
  readonly instances: readonly WireStatus[];
  readonly token: string | null;
}

export async function readPage(door: ManagementDoor, query: Query, top: number, token: string | null): Promise<Page> {
  const response = await door.send({
    method: "GET",
    path: "/instances",
    query: { showInput: "false", showDetails: "true", ...query, top: String(top) },
    headers: token === null ? {} : { [CONTINUATION]: token },
  });
  await checkStatus(response, "The list", [200]);
  const instances = await readJson<readonly WireStatus[]>(response);
  return { instances, token: response.headers.get(CONTINUATION) || null };
}

const OWN_COLUMN: ReadonlySet<string> = new Set([
  ...["EventType", "Timestamp", "FunctionName", "Name", "Position", "Episode", "EventId", "RanMilliseconds", "Worker"],
]);

export const HISTORY_COLUMNS = ["#", "EPISODE", "ID", "TIME", "EVENT", "NAME", "RAN", "WORKER", "DETAILS"] as const;

/** One row for each event: the places that a fork names, time, type, the function or event it is about, how long it ran and where, everything else as JSON. */
export function historyRows(events: readonly WireEvent[]): readonly (readonly string[])[] {
  return events.map((event) => {
    const details = Object.entries(event).filter(([field, value]) => !OWN_COLUMN.has(field) && value !== null && value !== undefined);
    const text = details.map(([field, value]) => `${field}=${typeof value === "string" ? value : shortJson(value)}`).join(" ");
    const places = [event.Position, event.Episode, event.EventId].map((place) => String(place ?? ""));
    const ran = event.RanMilliseconds === undefined ? "" : `${event.RanMilliseconds} ms`;
    return [...places, event.Timestamp, event.EventType, event.FunctionName ?? event.Name ?? "", ran, String(event.Worker ?? ""), text];
  });
}
