import type { LockKey } from "./entity-message.ts";
import type { EventId, InstanceId, InstanceNo } from "./ids.ts";
import type { Payload } from "./payload.ts";
import { payload } from "./payload.ts";

/** What the row of an entity keeps beside its state, in `custom_status`. */
export interface EntityNotes {
  readonly lock: HeldLock | null;
  readonly lastFailure: LastFailure | null;
  /** Ids of signals that were accepted, oldest first, each with its time. */
  readonly seen: readonly SeenMessage[];
  /** How many messages are held: for lists, which read no history. */
  readonly held: number;
}

/** Who has locked the entity. The entities after this one are locked after it, and unlocked after it. */
export interface HeldLock {
  readonly key: LockKey;
  /** The orchestration, for people. */
  readonly holder: InstanceId;
  readonly entities: readonly InstanceId[];
  readonly at: number;
  /** ms since 1970. */
  readonly since: number;
}

/** The last signal that failed: its sender does not wait. */
export interface LastFailure {
  readonly operation: string;
  readonly message: string;
  readonly at: number;
}

export interface SeenMessage {
  readonly id: string;
  readonly at: number;
}

export const NO_NOTES: EntityNotes = { lock: null, lastFailure: null, seen: [], held: 0 };

export function notesPayload({ lock, lastFailure, seen, held }: EntityNotes): Payload | null {
  if (lock === null && lastFailure === null && seen.length === 0 && held === 0) return null;
  const notes = {
    ...(lock === null ? {} : { lock }),
    ...(lastFailure === null ? {} : { lastFailure }),
    ...(seen.length === 0 ? {} : { seen }),
    ...(held === 0 ? {} : { held }),
  };
  return payload(JSON.stringify(notes));
}

/** A part that cannot be read counts as absent: a list must not fail over one row. */
export function parseNotes(customStatus: Payload | null): EntityNotes {
  const value = customStatus === null ? null : parsed(customStatus);
  if (!isObject(value)) return NO_NOTES;
  const { lock, lastFailure, seen, held } = value;
  return {
    lock: isObject(lock) ? parseLock(lock) : null,
    lastFailure: isObject(lastFailure) ? parseFailure(lastFailure) : null,
    seen: Array.isArray(seen) ? seen.filter(isSeen) : [],
    held: typeof held === "number" ? held : 0,
  };
}

function parseLock({ key, holder, entities, at, since }: Parts): HeldLock | null {
  if (!isObject(key) || typeof holder !== "string" || typeof at !== "number" || typeof since !== "number") return null;
  const { no, generation, id } = key;
  if (typeof no !== "number" || typeof generation !== "number" || typeof id !== "number") return null;
  if (!Array.isArray(entities) || !entities.every((one): one is InstanceId => typeof one === "string")) return null;
  return {
    key: { no: no as InstanceNo, generation, id: id as EventId },
    ...{ holder: holder as InstanceId, entities, at, since },
  };
}

function parseFailure({ operation, message, at }: Parts): LastFailure | null {
  return typeof operation === "string" && typeof message === "string" && typeof at === "number" ? { operation, message, at } : null;
}

const isSeen = (value: unknown): value is SeenMessage => isObject(value) && typeof value.id === "string" && typeof value.at === "number";

type Parts = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Parts => typeof value === "object" && value !== null;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
