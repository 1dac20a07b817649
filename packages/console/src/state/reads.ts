import { get, part } from "../api/client.ts";
import type { EntityInfo, EntityList, Failures, FunctionList, Queue, ScheduleList, Why, WorkerList } from "../api/wire.ts";

export const readWorkers = (signal?: AbortSignal) => get<WorkerList>("/workers", {}, signal);
export const readQueue = (signal?: AbortSignal) => get<Queue>("/queue", {}, signal);
export const readFunctions = (signal?: AbortSignal) => get<FunctionList>("/functions", {}, signal);
export const readSchedules = (signal?: AbortSignal) => get<ScheduleList>("/schedules", {}, signal);

export interface FailureQuery {
  readonly endedFrom: number | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
}

export const readFailures = ({ endedFrom, name, version }: FailureQuery, signal?: AbortSignal) =>
  get<Failures>("/failures", { endedFrom, name, version }, signal);

export interface EntityQuery {
  readonly name: string | undefined;
  readonly cursor: string | undefined;
}

export const readEntities = ({ name, cursor }: EntityQuery, signal?: AbortSignal) =>
  get<EntityList>("/entities", { name, cursor, state: true, limit: 100 }, signal);

export const readEntity = (id: string, signal?: AbortSignal) => get<EntityInfo>(`/entities/${part(id)}`, {}, signal);

export const waitsOf = (id: string, signal?: AbortSignal) => get<Why>(`/instances/${part(id)}/why`, {}, signal);
