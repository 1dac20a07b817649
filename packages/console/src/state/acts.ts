import { get, part, post, remove } from "../api/client.ts";
import type {
  ActionRequest,
  ActionResult,
  BulkRequest,
  BulkRun,
  EntitySignal,
  InstanceAction,
  MisfitChoice,
  ScheduleAction,
  StartRequest,
  StartResult,
} from "../api/wire.ts";
import type { EntityAction } from "../model/entity-actions.ts";

export const startInstance = (request: StartRequest) => post<StartResult>("/instances", request);

export const act = (id: string, action: InstanceAction, request: ActionRequest) =>
  post<ActionResult>(`/instances/${part(id)}/${action}`, request);

export const startBulk = (request: BulkRequest) => post<BulkRun>("/bulk", request);
export const readBulk = (run: string) => get<BulkRun>(`/bulk/${part(run)}`);
export const cancelBulk = (run: string) => remove<BulkRun>(`/bulk/${part(run)}`);

export const decideMisfits = (choice: MisfitChoice) => post<object>("/misfits", { choice });

export const actOnSchedule = (name: string, action: ScheduleAction) => post<null>(`/schedules/${part(name)}/${action}`, {});

export const signalEntity = (id: string, signal: EntitySignal) => post<null>(`/entities/${part(id)}/signal`, signal);
/** To try again is an action of instances and of entities. */
export const actOnEntity = (id: string, action: EntityAction, reason: string) =>
  post<null>(`/${action === "resume" ? "instances" : "entities"}/${part(id)}/${action}`, reason === "" ? {} : { reason });
