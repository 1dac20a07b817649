import { assertNever } from "../model/assert-never.ts";
import type { ManagementCall } from "./management-call.ts";
import type { ManagementRoute } from "./management-path.ts";
import { jsonResponse, messageResponse } from "./responses.ts";
import { readAudit } from "./routes/audit.ts";
import { control } from "./routes/control.ts";
import { cleanEntities, getEntity, listEntities, signalEntity, skipOperation } from "./routes/entities.ts";
import { readFailures } from "./routes/failures.ts";
import { fork } from "./routes/fork.ts";
import { listInstances } from "./routes/list.ts";
import { purgeInstance, purgeInstances } from "./routes/purge.ts";
import { raiseEvent } from "./routes/raise-event.ts";
import { rerunMany } from "./routes/rerun-many.ts";
import { restart } from "./routes/restart.ts";
import { rewind } from "./routes/rewind.ts";
import { listSchedules, tellSchedule } from "./routes/schedules.ts";
import { startOrchestration } from "./routes/start.ts";
import { getStatus } from "./routes/status.ts";
import { watchInstance } from "./routes/watch.ts";

export function handleManagement(route: ManagementRoute, call: ManagementCall): Promise<Response> | Response {
  logOperation(route, call);
  switch (route.kind) {
    case "start":
      return startOrchestration(call, route.functionName, route.instanceId);
    case "status":
      return getStatus(call, route.instanceId);
    case "list":
      return listInstances(call);
    case "purge":
      return purgeInstance(call, route.instanceId);
    case "purgeBy":
      return purgeInstances(call);
    case "raiseEvent":
      return raiseEvent(call, route.instanceId, route.eventName);
    case "terminate":
    case "suspend":
    case "resume":
      return control(call, route.kind, route.instanceId);
    case "restart":
      return restart(call, route.instanceId);
    case "fork":
      return fork(call, route.instanceId);
    case "rewind":
      return rewind(call, route.instanceId);
    case "rerunMany":
      return rerunMany(call, route.operation);
    case "listEntities":
      return listEntities(call, route.name);
    case "getEntity":
      return getEntity(call, route.name, route.key);
    case "signalEntity":
      return signalEntity(call, route, null);
    case "deleteEntity":
      return signalEntity(call, route, "delete");
    case "skipOperation":
      return skipOperation(call, route);
    case "cleanEntities":
      return cleanEntities(call);
    case "failures":
      return readFailures(call);
    case "audit":
      return readAudit(call, route.instanceId);
    case "watch":
      return watchInstance(call, route.instanceId);
    case "listSchedules":
      return listSchedules(call);
    case "tellSchedule":
      return tellSchedule(call, route.operation, route.name);
    case "makePrimary":
      return messageResponse(400, "Cannot make current app primary. This app is not using the AppLease feature.");
    case "openApi":
      return openApiResponse(call);
    default:
      return assertNever(route);
  }
}

/** Loaded at the first request: most hosts never get one. */
async function openApiResponse({ basePath, version }: ManagementCall): Promise<Response> {
  const { openApiDocument } = await import("./openapi/document.ts");
  return jsonResponse(200, JSON.stringify(openApiDocument({ basePath, version })));
}

const OPERATION_TYPES: { readonly [Kind in ManagementRoute["kind"]]: string | null } = {
  start: "StartOrchestration",
  status: "GetInstance",
  list: "QueryInstances",
  purge: "PurgeInstances",
  purgeBy: "PurgeInstances",
  raiseEvent: "RaiseEvent",
  terminate: "Terminate",
  suspend: "Suspend",
  resume: "Resume",
  rewind: "Rewind",
  restart: "Restart",
  fork: "Fork",
  rerunMany: null,
  listEntities: "QueryEntities",
  getEntity: "GetEntity",
  signalEntity: "SignalEntity",
  deleteEntity: "SignalEntity",
  skipOperation: null,
  cleanEntities: null,
  failures: null,
  audit: null,
  watch: null,
  listSchedules: null,
  tellSchedule: null,
  makePrimary: null,
  openApi: null,
};

const GUID = /^[{(]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i;

function logOperation(route: ManagementRoute, call: ManagementCall): void {
  const operationType = OPERATION_TYPES[route.kind];
  if (operationType === null || !call.log.enabled("debug")) return;
  const given = call.request.headers.get("x-azure-functions-invocationid");
  const instanceId = "instanceId" in route ? route.instanceId : null;
  call.log.write({
    level: "debug",
    event: "http.clientOperationReceived",
    message: "ClientOperationReceived",
    fields: { operationType, instanceId, functionInvocationId: given !== null && GUID.test(given) ? given : null },
  });
}
