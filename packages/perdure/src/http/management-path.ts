import { formDecode } from "./wire/form-encoding.ts";

export type ManagementRoute =
  | { readonly kind: "start"; readonly functionName: string; readonly instanceId: string | null }
  | { readonly kind: "list" | "purgeBy" | "failures" | "makePrimary" | "cleanEntities" | "openApi" }
  | { readonly kind: InstanceOperation; readonly instanceId: string }
  | { readonly kind: "rerunMany"; readonly operation: RerunOperation }
  | { readonly kind: "listSchedules" }
  /** `instanceId` null: of all. */
  | { readonly kind: "audit"; readonly instanceId: string | null }
  | { readonly kind: "watch"; readonly instanceId: string }
  | { readonly kind: "tellSchedule"; readonly operation: ScheduleOperation; readonly name: string }
  /** `name` null: of any. */
  | { readonly kind: "listEntities"; readonly name: string | null }
  | { readonly kind: "getEntity" | "signalEntity" | "deleteEntity" | "skipOperation"; readonly name: string; readonly key: string }
  | { readonly kind: "raiseEvent"; readonly instanceId: string; readonly eventName: string };

export type InstanceOperation = "status" | "purge" | ControlOperation | RerunOperation;
export type ScheduleOperation = "pause" | "resume" | "trigger";
export type RerunOperation = "rewind" | "restart" | "fork";
export type ControlOperation = "terminate" | "suspend" | "resume";

const RERUNS: { readonly [name: string]: RerunOperation } = { rewind: "rewind", restart: "restart", fork: "fork" };
const POST_OPERATIONS: { readonly [name: string]: ControlOperation | RerunOperation } = {
  terminate: "terminate",
  suspend: "suspend",
  resume: "resume",
  ...RERUNS,
};

/**
 * The row of the endpoint table that a request means, or null: unknown path and wrong method look alike on the wire (404). The path is
 * decoded before it is split, slashes at its ends do not count, and names of collections and operations compare without case.
 */
export function managementRoute(method: string, pathBelowBase: string): ManagementRoute | null {
  const inWords = method === "POST" ? routeOfEncodedSlash(pathBelowBase) : null;
  if (inWords !== null) return inWords;
  const segments = withoutOuterSlashes(formDecode(pathBelowBase)).split("/");
  if (segments.includes("")) return null;
  const [collection, first, second, third] = segments;
  switch (collection?.toLowerCase()) {
    case "orchestrators":
      if (method !== "POST" || first === undefined || segments.length > 3) return null;
      return { kind: "start", functionName: first, instanceId: second ?? null };
    case "instances":
      return segments.length > 4 ? null : instancesRoute(method, first, second, third);
    case "entities":
      return segments.length > 4 ? null : entitiesRoute(method, first, second, third?.toLowerCase());
    case "schedules":
      return segments.length > 3 ? null : schedulesRoute(method, first, second?.toLowerCase());
    case "audit":
      return segments.length === 1 && method === "GET" ? { kind: "audit", instanceId: null } : null;
    case "failures":
      return segments.length === 1 && method === "GET" ? { kind: "failures" } : null;
    case "makeprimary":
      return segments.length === 1 ? { kind: "makePrimary" } : null;
    case "openapi.json":
      return segments.length === 1 && method === "GET" ? { kind: "openApi" } : null;
    default:
      return null;
  }
}

/**
 * A slash that came encoded at the place of an event's name or of a new instance's id belongs to it: programs raise such events, and an id
 * with one is refused in words. Null where there is none.
 */
function routeOfEncodedSlash(path: string): ManagementRoute | null {
  const segments = withoutOuterSlashes(path).split("/").map(formDecode);
  const [collection = "", first = "", second = "", third = ""] = segments;
  if (first === "" || first.includes("/")) return null;
  if (segments.length === 3 && collection.toLowerCase() === "orchestrators" && second.includes("/")) {
    return { kind: "start", functionName: first, instanceId: second };
  }
  const isEvent = segments.length === 4 && collection.toLowerCase() === "instances" && second.toLowerCase() === "raiseevent";
  return isEvent && third.includes("/") ? { kind: "raiseEvent", instanceId: first, eventName: third } : null;
}

/** A pattern for the slashes at the end would look for them from each slash in the path. */
function withoutOuterSlashes(path: string): string {
  let [start, end] = [0, path.length];
  while (path[start] === "/") start++;
  while (end > start && path[end - 1] === "/") end--;
  return path.slice(start, end);
}

/** What stands for the empty key, which no path could have. */
const EMPTY_KEY = "$";

function entitiesRoute(
  method: string,
  name: string | undefined,
  key: string | undefined,
  operation: string | undefined,
): ManagementRoute | null {
  if (name === undefined || key === undefined) {
    if (method === "POST" && name === undefined) return { kind: "cleanEntities" };
    return method === "GET" ? { kind: "listEntities", name: name ?? null } : null;
  }
  if (operation !== undefined && (method !== "POST" || operation !== "skip")) return null;
  if (operation !== undefined) return { kind: "skipOperation", name, key: key === EMPTY_KEY ? "" : key };
  const kind = method === "GET" ? "getEntity" : method === "POST" ? "signalEntity" : method === "DELETE" ? "deleteEntity" : null;
  return kind === null ? null : { kind, name, key: key === EMPTY_KEY ? "" : key };
}

function schedulesRoute(method: string, name: string | undefined, operation: string | undefined): ManagementRoute | null {
  if (name === undefined) return method === "GET" ? { kind: "listSchedules" } : null;
  const isOperation = operation === "pause" || operation === "resume" || operation === "trigger";
  return method === "POST" && isOperation ? { kind: "tellSchedule", operation, name } : null;
}

function instancesRoute(
  method: string,
  id: string | undefined,
  operation: string | undefined,
  eventName: string | undefined,
): ManagementRoute | null {
  if (id === undefined) return method === "GET" ? { kind: "list" } : method === "DELETE" ? { kind: "purgeBy" } : null;
  if (operation === undefined) {
    if (method === "GET") return { kind: "status", instanceId: id };
    if (method === "DELETE") return { kind: "purge", instanceId: id };
    const rerun = method === "POST" && Object.hasOwn(RERUNS, id.toLowerCase()) ? RERUNS[id.toLowerCase()] : undefined;
    return rerun === undefined ? null : { kind: "rerunMany", operation: rerun };
  }
  const name = operation.toLowerCase();
  if (method === "GET" && (name === "audit" || name === "watch") && eventName === undefined) return { kind: name, instanceId: id };
  if (method !== "POST") return null;
  if (eventName !== undefined) return name === "raiseevent" ? { kind: "raiseEvent", instanceId: id, eventName } : null;
  return Object.hasOwn(POST_OPERATIONS, name) ? { kind: POST_OPERATIONS[name] as ControlOperation | RerunOperation, instanceId: id } : null;
}
