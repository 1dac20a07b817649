import { fault } from "../errors/perdure-error.ts";
import type { ManagementDoor } from "./management-door.ts";
import { shortJson } from "./render.ts";

/** What the commands read of the management API's status object. */
export interface WireStatus {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: string;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly historyEvents?: readonly WireEvent[];
}

export interface WireEvent {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly FunctionName?: string;
  readonly Name?: string;
  readonly [field: string]: unknown;
}

/** The shape is the management API's promise, kept by its own tests. */
export async function readJson<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

export async function checkStatus(response: Response, what: string, accepted: readonly number[]): Promise<void> {
  if (accepted.includes(response.status)) return;
  throw fault("REQUEST_REFUSED", what, response.status, errorText(await response.text()).replace(/\.$/, ""));
}

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

const CONTINUATION = "x-ms-continuation-token";

/** Pages until `top` instances are there or no page is left: a page may be short, or empty, and still not be the last. */
export async function readAll(
  door: ManagementDoor,
  query: { readonly [name: string]: string | undefined },
  top: number,
): Promise<{ readonly instances: readonly WireStatus[]; readonly more: boolean }> {
  const instances: WireStatus[] = [];
  let token: string | null = null;
  do {
    const response: Response = await door.send({
      method: "GET",
      path: "/instances",
      query: { ...query, top: String(top - instances.length) },
      headers: token === null ? {} : { [CONTINUATION]: token },
    });
    await checkStatus(response, "The list", [200]);
    const page = await readJson<readonly WireStatus[]>(response);
    instances.push(...page);
    token = response.headers.get(CONTINUATION);
  } while (token !== null && instances.length < top);
  return { instances, more: token !== null };
}

const OWN_COLUMN: ReadonlySet<string> = new Set(["EventType", "Timestamp", "FunctionName", "Name"]);

/** One row for each event: time, type, the function or event it is about, everything else as JSON. */
export function historyRows(events: readonly WireEvent[]): readonly (readonly string[])[] {
  return events.map((event) => {
    const details = Object.entries(event).filter(([field, value]) => !OWN_COLUMN.has(field) && value !== null && value !== undefined);
    const text = details.map(([field, value]) => `${field}=${typeof value === "string" ? value : shortJson(value)}`).join(" ");
    return [event.Timestamp, event.EventType, event.FunctionName ?? event.Name ?? "", text];
  });
}
