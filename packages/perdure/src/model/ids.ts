import type { Branded } from "./brand.ts";
import type { NameKey } from "./function-name.ts";

/** The name users give (or get) for an orchestration instance. Compared exactly. */
export type InstanceId = Branded<string, "InstanceId">;
/** One run of an instance under one start; a client's retry of the same start carries the same one. */
export type ExecutionId = Branded<string, "ExecutionId">;
/** What an execution must never share with another is derived from it: guids, ids of children, random numbers, idempotency keys (model/seed.ts). */
export type Seed = Branded<string, "Seed">;
/** The number under which the store keeps an instance. Minted once, never reused: a replaced instance gets a new one. */
export type InstanceNo = Branded<number, "InstanceNo">;
/** One engine process in the task hub. Never reused. */
export type WorkerId = Branded<number, "WorkerId">;
/** The right of a worker to write. Changes when the outcome of its last commit was in doubt; null in the store means dead. */
export type Fence = Branded<number, "Fence">;
/** Position of an action within one generation of an instance: 0, 1, 2 … Completions name it. */
export type EventId = Branded<number, "EventId">;

/** What the ids of entities begin with, those of no orchestration, and no name of a function. */
export const ENTITY_MARK = "@";

/** What the ids of instances begin with that are part of Perdure, such as schedules. No entity has one: its name is never empty. */
export const BUILT_IN_MARK = ENTITY_MARK + ENTITY_MARK;

export const isBuiltInId = (id: string): boolean => id.startsWith(BUILT_IN_MARK);

/** Longest instance id, in UTF-16 units, as Azure's. */
export const MAX_INSTANCE_ID_LENGTH = 256;

/** What an entity is called: a name of a function, compared without case, and a key, compared exactly. */
export interface EntityName {
  /** As in the id: lower case. */
  readonly name: string;
  readonly key: string;
}

/** `@name@key`. The name comes as its key (`functionKey`), so that an entity has one id however its name is written. */
export const entityId = (name: NameKey, key: string): InstanceId => `${ENTITY_MARK}${name}${ENTITY_MARK}${key}` as InstanceId;

/** Null for an id of anything else. The name has no "@", the key may have some, and may be empty. */
export function parseEntityId(id: string): EntityName | null {
  if (!id.startsWith(ENTITY_MARK)) return null;
  const second = id.indexOf(ENTITY_MARK, 1);
  return second <= 1 ? null : { name: id.slice(1, second), key: id.slice(second + 1) };
}

/** Why no entity has this id, or null when one may. Keys may be empty, and any text that an instance id may be. */
export function entityIdProblem(id: string): string | null {
  const key = parseEntityId(id)?.key;
  if (key === undefined) return "it is not of the form @name@key";
  if (key === "." || key === "..") return "in a URL it would mean a folder, so no request could reach the entity";
  return storedIdProblem(`_${id.slice(1)}`);
}

const RESERVED = 'it starts with "@", which is reserved for entities';
const FORBIDDEN_IN_INSTANCE_ID = /[/\\#?\p{Cc}]/u;

/** Why a value may not name an instance, or null when it may, as Azure's. */
export function instanceIdProblem(id: unknown): string | null {
  if (typeof id !== "string") return "it is not a string";
  if (id === "." || id === "..") return "in a URL it would mean a folder, so no request could reach the instance";
  return isBuiltInId(id) ? RESERVED : storedIdProblem(id);
}

/** Why no store can have an instance of this id, or null when one may: releases that took "." and ".." have left such instances behind. */
export function storedIdProblem(id: string): string | null {
  if (id.length === 0) return "it is empty";
  if (id.length > MAX_INSTANCE_ID_LENGTH) return `it has ${id.length} characters, more than ${MAX_INSTANCE_ID_LENGTH}`;
  if (id.startsWith(ENTITY_MARK) && !isBuiltInId(id)) return RESERVED;
  if (!id.isWellFormed()) return "it contains half of a surrogate pair";
  const bad = FORBIDDEN_IN_INSTANCE_ID.exec(id);
  return bad === null ? null : `it contains ${JSON.stringify(bad[0])}; "/", "\\", "#", "?" and control characters are not allowed`;
}

/** For ids that were checked by {@link instanceIdProblem} or come from the store. */
export const instanceId = (text: string): InstanceId => text as InstanceId;
export const executionId = (text: string): ExecutionId => text as ExecutionId;
export const seed = (text: string): Seed => text as Seed;
export const instanceNo = (value: number): InstanceNo => value as InstanceNo;
export const workerId = (value: number): WorkerId => value as WorkerId;
export const fence = (value: number): Fence => value as Fence;
export const eventId = (value: number): EventId => value as EventId;
