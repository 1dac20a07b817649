import { createHash } from "node:crypto";
import type { ReplayFinding } from "../../executors/history-replayer.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import { sameName } from "../../model/function-name.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { parseEntityId } from "../../model/ids.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { CheckedCode } from "./checked-code.ts";
import type { Recorded } from "./recorded.ts";

/** One thing that the app would do otherwise than recorded. */
export interface Found {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
  readonly finding: ReplayFinding | { readonly kind: "unreadable" | "stateRefused"; readonly message: string };
}

/** A function that recorded calls need and the app lacks. */
export interface Missing {
  readonly kind: FunctionKind;
  readonly name: string;
  instances: number;
}

/** What the code asked for of one patch, over the instances that were replayed and are open. */
export interface PatchUse {
  readonly orchestrator: string;
  readonly patch: string;
  /** Instances that have taken it. */
  taken: number;
  /** Instances that run without it, so that the call must stay. */
  without: number;
}

export interface CheckResult {
  readonly replayed: number;
  /** States of entities that were loaded. */
  readonly states: number;
  readonly found: readonly Found[];
  readonly missing: readonly Missing[];
  readonly patches: readonly PatchUse[];
}

export interface CheckOptions {
  readonly name: string | null;
  /** At most so many of each orchestrator and version. */
  readonly sample: number | null;
}

/** Replays each of them by itself and notes what differs. */
export async function checkRecorded(
  all: AsyncIterable<Recorded>,
  { replayer, has }: Pick<CheckedCode, "replayer" | "has">,
  { name, sample }: CheckOptions,
): Promise<CheckResult> {
  const found: Found[] = [];
  const missing = new Map<string, Missing>();
  const patches = new Map<string, PatchUse>();
  let replayed = 0;
  for await (const one of sampled(all, (recorded) => name === null || sameName(recorded.name, name), sample)) {
    const history = await read(one, found);
    if (history === null) continue;
    replayed += 1;
    const { instanceId, version } = one;
    const result = await replayer.replay(instanceId, history);
    for (const [kind, called] of openCalls(history)) if (!has(kind, called)) count(missing, kind, called);
    if (result.found?.kind === "missing") count(missing, "orchestrator", result.found.name);
    else if (result.found !== null) found.push({ instanceId, name: one.name, version, finding: result.found });
    if (one.status !== "Completed") for (const [patch, isTaken] of result.patches) usePatch(patches, one.name, patch, isTaken);
  }
  return { replayed, states: 0, found, missing: [...missing.values()], patches: [...patches.values()] };
}

async function read(one: Recorded, found: Found[]): Promise<readonly HistoryEvent[] | null> {
  try {
    return await one.history();
  } catch (error) {
    const { instanceId, name, version } = one;
    found.push({ instanceId, name, version, finding: { kind: "unreadable", message: errorText(error) } });
    return null;
  }
}

interface Sampled {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
}

/** The sample depends on ids alone: the same check twice replays the same instances. */
export async function* sampled<One extends Sampled>(
  all: AsyncIterable<One>,
  isMeant: (one: One) => boolean,
  sample: number | null,
): AsyncIterable<One> {
  const groups = new Map<string, { readonly rank: string; readonly one: One }[]>();
  for await (const one of all) {
    if (!isMeant(one)) continue;
    if (sample === null) {
      yield one;
      continue;
    }
    const key = JSON.stringify([one.name, one.version]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push({ rank: createHash("sha256").update(one.instanceId).digest("hex"), one });
    if (group.length > 2 * sample) group.sort(byRank).splice(sample);
  }
  for (const group of groups.values()) for (const { one } of group.sort(byRank).slice(0, sample ?? 0)) yield one;
}

const byRank = (a: { readonly rank: string }, b: { readonly rank: string }): number => (a.rank < b.rank ? -1 : 1);

type Called = readonly [FunctionKind, string];

/** Activities and entities that the instance waits for, or has locked, each once. */
function openCalls(history: readonly HistoryEvent[]): readonly Called[] {
  const open = new Map<number, readonly Called[]>();
  for (const event of history) {
    switch (event.kind) {
      case "TaskScheduled":
        open.set(event.id, [["activity", event.name]]);
        break;
      case "EntityOperationCalled":
        open.set(event.id, entitiesOf([event.instanceId]));
        break;
      case "EntityLockRequested":
        open.set(event.id, entitiesOf(event.entities));
        break;
      case "TaskCompleted":
      case "TaskFailed":
      case "EntityOperationCompleted":
      case "EntityOperationFailed":
        open.delete(event.taskId);
        break;
      case "EntityUnlockSent":
        open.delete(event.lockId);
        break;
      case "ExecutionCompleted":
        open.clear();
    }
  }
  return [...new Map([...open.values()].flat().map((called) => [called.join(), called])).values()];
}

const entitiesOf = (ids: readonly string[]): readonly Called[] => ids.map((id) => ["entity", parseEntityId(id)?.name ?? id]);

export function count(missing: Map<string, Missing>, kind: Missing["kind"], name: string): void {
  const key = `${kind} ${name}`;
  const known = missing.get(key) ?? { kind, name, instances: 0 };
  known.instances += 1;
  missing.set(key, known);
}

function usePatch(patches: Map<string, PatchUse>, orchestrator: string, patch: string, isTaken: boolean): void {
  const key = JSON.stringify([orchestrator, patch]);
  const known = patches.get(key) ?? { orchestrator, patch, taken: 0, without: 0 };
  if (isTaken) known.taken += 1;
  else known.without += 1;
  patches.set(key, known);
}
