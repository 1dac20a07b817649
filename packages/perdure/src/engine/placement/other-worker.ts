import { ANY_NAME, namesIn, parseNames } from "../../model/executor.ts";
import type { ByKind, ByQueue, FunctionNames } from "../../model/function-kind.ts";
import { byKind, byQueue, KINDS, queueKey, queueKeys } from "../../model/function-kind.ts";
import type { NameKey } from "../../model/function-name.ts";
import { functionKey } from "../../model/function-name.ts";
import type { WorkerId } from "../../model/ids.ts";
import { ENTITY_MARK } from "../../model/ids.ts";
import { isSameList } from "../../model/same-list.ts";
import type { VersionRanges } from "../../model/versions.ts";
import type { WorkerLoad, WorkerRow } from "../../store/rows.ts";

const ANY_KEY = functionKey(ANY_NAME);
const ANY_ENTITY_KEY = queueKey("entity", ANY_NAME);

/** By which a worker takes what waits under this key whatever the function is called. */
const anyKeyOf = (key: NameKey): NameKey => (key.startsWith(ENTITY_MARK) ? ANY_ENTITY_KEY : ANY_KEY);

/** Another live worker, by its row. */
export interface Other {
  readonly worker: WorkerId;
  readonly load: WorkerLoad | null;
  /** As its row says. */
  readonly told: FunctionNames;
  readonly has: ByKind<ReadonlySet<NameKey>>;
  /** With what it has no place for now. */
  readonly knows: ByKind<ReadonlySet<NameKey>>;
  readonly waitsFor: ByQueue<ReadonlySet<NameKey>>;
  /** Of orchestrators. */
  readonly versions: VersionRanges;
}

export function otherOf({ worker, load, functions: told }: WorkerRow): Other {
  const all = namesIn(told);
  const { here, versions } = parseNames(told);
  const [has, knows, waitsFor] = [keysByKind(here), keysByKind(all), keysByQueue(all)];
  return { worker, load, told, has, knows, waitsFor, versions: versions.orchestrator };
}

/** Rows of every worker are read each second or more often, and hardly ever differ. */
export const isSameOffer = (a: FunctionNames, b: FunctionNames): boolean => a === b || KINDS.every((kind) => isSameList(a[kind], b[kind]));

export const keysByKind = (names: FunctionNames): ByKind<ReadonlySet<NameKey>> => byKind((kind) => new Set(names[kind].map(functionKey)));

export function keysByQueue(names: FunctionNames): ByQueue<ReadonlySet<NameKey>> {
  const keys = queueKeys(names);
  return byQueue((queue) => new Set(keys[queue]));
}

export const hasKey = (keys: ReadonlySet<NameKey>, key: NameKey): boolean => keys.has(key) || keys.has(anyKeyOf(key));

/** Of the keys under which something waits, those that a worker with these keys takes because it takes any. */
export const takenAsAny = (keys: readonly NameKey[], waiting: readonly NameKey[]): readonly NameKey[] =>
  waiting.filter((key) => keys.includes(anyKeyOf(key)));

export const takesAny = (keys: readonly NameKey[]): boolean => keys.includes(ANY_KEY) || keys.includes(ANY_ENTITY_KEY);
