import type { NameKey } from "./function-name.ts";
import { functionKey, prefixed } from "./function-name.ts";
import { ENTITY_MARK, parseEntityId } from "./ids.ts";

/**
 * What a store claims: instances are owned by a worker until they are given back, tasks are run once by the worker that claims them. A store knows these two
 * and keys, no kinds of functions.
 */
export type Queue = "instances" | "tasks";

export type ByQueue<Value> = { readonly [queue in Queue]: Value };

export const byQueue = <Value>(of: (queue: Queue) => Value): ByQueue<Value> => ({ instances: of("instances"), tasks: of("tasks") });

/** Under which keys work waits, or is claimed. */
export type QueueKeys = ByQueue<readonly NameKey[]>;

interface KindTraits {
  /** Where work for such functions waits. */
  readonly queue: Queue;
  /** What the keys of such functions begin with, so that kinds may share a queue. */
  readonly mark: "" | typeof ENTITY_MARK;
}

/** Every kind of function. What differs between kinds by more than this is a table with an entry for each. */
export const FUNCTION_KINDS = {
  orchestrator: { queue: "instances", mark: "" },
  activity: { queue: "tasks", mark: "" },
  entity: { queue: "instances", mark: ENTITY_MARK },
} as const satisfies { readonly [kind: string]: KindTraits };

export type FunctionKind = keyof typeof FUNCTION_KINDS;

export type ByKind<Value> = { readonly [kind in FunctionKind]: Value };

export const KINDS = Object.keys(FUNCTION_KINDS) as readonly FunctionKind[];

export const byKind = <Value>(of: (kind: FunctionKind) => Value): ByKind<Value> =>
  Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as ByKind<Value>;

/** Names as registered, of each kind. */
export type FunctionNames = ByKind<readonly string[]>;

/** Under which key work for this function waits in the queue of its kind. */
export const queueKey = (kind: FunctionKind, name: string): NameKey => prefixed(FUNCTION_KINDS[kind].mark, functionKey(name));

/** Under which keys a worker with these functions finds work, each once. */
export function queueKeys(names: FunctionNames): QueueKeys {
  return byQueue((queue) => {
    const kinds = KINDS.filter((kind) => FUNCTION_KINDS[kind].queue === queue);
    return [...new Set(kinds.flatMap((kind) => names[kind].map((name) => queueKey(kind, name))))];
  });
}

/** Under which key an instance waits: its id shows whether it is an entity. */
export const instanceKey = ({ instanceId, name }: { readonly instanceId: string; readonly name: string }): NameKey =>
  prefixed(parseEntityId(instanceId) === null ? "" : ENTITY_MARK, functionKey(name));
