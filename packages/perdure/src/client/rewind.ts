import { editedHistory, openChildren } from "../core/edit-mark.ts";
import type { Draft } from "../core/rewind.ts";
import { withoutFailures } from "../core/rewind.ts";
import type { EditPlan } from "../functions/rerun-types.ts";
import type { HistoryEvent } from "../model/history.ts";
import { instanceId as asInstanceId, executionId } from "../model/ids.ts";
import { newSeed } from "../model/seed.ts";
import type { Ids } from "../process/clock.ts";
import type { Store } from "../store/contract.ts";
import { rowsOfHistory } from "../store/edits.ts";
import { parseHistory } from "../store/parse.ts";
import type { InstanceRow } from "../store/rows.ts";
import { planOf } from "./edit-plan.ts";
import type { RewindOutcome, RewindParams } from "./types.ts";

export interface RewindParts {
  readonly store: Pick<Store, "getInstance" | "readInstances" | "readHistory" | "readWorkers" | "reopen">;
  readonly ids: Ids;
  /** For the audit. */
  readonly by: string | null;
}

/** Between the read of an instance and its writing others may rewind, purge or replace it: then it is read again. */
const MOST_TRIES = 10;

/**
 * Takes the failures out that ended an instance, and lets it continue: first its failed sub-orchestrations, the deepest before all others, so that each
 * lives before the one that waits for its answer.
 */
export async function rewindInstance(parts: RewindParts, { instanceId, reason, dryRun }: RewindParams): Promise<RewindOutcome> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const row = await parts.store.getInstance(asInstanceId(instanceId));
    if (row === null) return { kind: "notFound" };
    if (row.status !== "Failed") return { kind: "notFailed", status: row.status };
    const { now } = await parts.store.readWorkers(); // the store's: a clock of this machine may be another
    const plan = await rewindRow({ ...parts, reason, dryRun, now }, row);
    if (plan !== null) return { kind: "rewound", plan };
  }
  throw new Error(`instance "${instanceId}" changes too often to be rewound`);
}

interface Rewinding extends RewindParts {
  readonly reason: string | null;
  readonly dryRun: boolean;
  readonly now: number;
}

/** Null: the row is not as it was any more. */
async function rewindRow(parts: Rewinding, row: InstanceRow): Promise<EditPlan | null> {
  const { store, ids, by, reason, dryRun, now } = parts;
  const history = parseHistory(await store.readHistory(row.instanceId));
  const draft = withoutFailures(history);
  const rewinds: EditPlan[] = [];
  for (const child of await failedChildren(parts, row, history, draft)) {
    const plan = await rewindRow(parts, child);
    if (plan === null) return null;
    rewinds.push(plan);
  }
  const { no, generation, version, instanceId } = row;
  const execution = executionId(ids.guid());
  const edited = editedHistory(history, draft, {
    kind: "ExecutionRewound",
    reason,
    executionId: execution,
    seed: newSeed(execution),
    from: { instanceId, executionId: row.executionId, generation },
    generation,
    now,
    childId: () => asInstanceId(ids.orderedGuid()),
  });
  const note = { what: "rewind", by, reason } as const;
  const reopening = { no, generation, version, executionId: execution, history: rowsOfHistory(edited), note };
  if (!dryRun && (await store.reopen(reopening)) === "changed") return null;
  return planOf(instanceId, draft, edited, rewinds);
}

async function failedChildren({ store }: Rewinding, parent: InstanceRow, history: readonly HistoryEvent[], draft: Draft) {
  const open = openChildren(history, draft);
  if (open.size === 0) return [];
  const rows = await store.readInstances([...open.values()]);
  const calls = new Map([...open].map(([id, child]) => [child, id]));
  return rows.filter((row) => row.status === "Failed" && row.parent?.no === parent.no && row.parent.taskId === calls.get(row.instanceId));
}
