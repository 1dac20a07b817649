import { editedHistory } from "../core/edit-mark.ts";
import type { ForkEdits, ForkPoint } from "../core/fork.ts";
import { callsBefore, forkDraft, forkPlace } from "../core/fork.ts";
import { fault } from "../errors/perdure-error.ts";
import { sameName } from "../model/function-name.ts";
import type { Tags } from "../model/history.ts";
import { instanceId as asInstanceId, executionId } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import { payload } from "../model/payload.ts";
import { newSeed } from "../model/seed.ts";
import type { Ids } from "../process/clock.ts";
import type { Store } from "../store/contract.ts";
import { rowsOfHistory } from "../store/edits.ts";
import { parseHistory } from "../store/parse.ts";
import { originOf } from "./audit.ts";
import { planOf } from "./edit-plan.ts";
import type { ForkOutcome, ForkParams } from "./types.ts";

export interface ForkParts {
  readonly store: Pick<Store, "getInstance" | "readHistory" | "readWorkers" | "startWithHistory">;
  readonly ids: Ids;
  /** For the audit. */
  readonly by: string | null;
}

/** By it the forks of an instance are found. */
const ORIGIN_TAG = "perdure.forkedFrom";

/** Another instance with the history of this one up to a point, whatever became of the original, which hears nothing of it. */
export async function forkInstance({ store, ids, by }: ForkParts, params: ForkParams): Promise<ForkOutcome> {
  const row = await store.getInstance(asInstanceId(params.instanceId));
  if (row === null) return { kind: "notFound" };
  const { now } = await store.readWorkers();
  const history = parseHistory(await store.readHistory(row.instanceId));
  const place = forkPlace(history, params.at, sameName);
  if (place === null) throw fault("FORK_INVALID", params.instanceId, pointText(params.at, history.length));
  const calls = callsBefore(history, place);
  const stray = [...params.results.keys()].find((id) => !calls.has(id));
  if (stray !== undefined)
    throw fault("FORK_INVALID", params.instanceId, `a result is given for event id ${stray}, and no call before the point has it`);

  const version = params.version === undefined ? row.orchestrationVersion : params.version;
  const tags: Tags = { ...row.tags, [ORIGIN_TAG]: row.instanceId };
  const draft = forkDraft(history, place, editsOf(params, version, tags));
  const id = params.newInstanceId === undefined ? asInstanceId(ids.orderedGuid()) : asInstanceId(params.newInstanceId);
  const execution = executionId(ids.guid());
  const edited = editedHistory(history, draft, {
    kind: "ExecutionForked",
    reason: params.reason,
    executionId: execution,
    seed: newSeed(execution),
    from: { instanceId: row.instanceId, executionId: row.executionId, generation: row.generation },
    generation: null,
    now,
    childId: () => asInstanceId(ids.orderedGuid()),
    ...(params.keepsTimers ? {} : { timerAt: (fireAt: number) => now + Math.max(0, fireAt - place.ts) }),
  });
  const plan = planOf(id, draft, edited);
  if (params.dryRun) return { kind: "forked", instanceId: id, plan };
  const input = params.input === undefined ? payloadOf(row.input) : params.input;
  const start = { instanceId: id, executionId: execution, name: row.name, input, version, tags, parent: null, startAt: null };
  const note = { what: "fork", by, reason: params.reason, ...originOf(row) } as const;
  const receipt = await store.startWithHistory({ start, customStatus: row.customStatus, history: rowsOfHistory(edited), note });
  if (receipt.outcome === "started") return { kind: "forked", instanceId: id, plan };
  // Nothing is replaced, not even what has ended: a caller that got no answer asks again, and the first fork may have ended by then.
  const existing = await store.getInstance(id);
  return { kind: "conflict", instanceId: id, status: existing?.status ?? "Running" };
}

const payloadOf = (text: string | null): Payload | null => (text === null ? null : payload(text));

function editsOf({ input, results, events, keepsCompletions }: ForkParams, version: string | null, tags: Tags): ForkEdits {
  const keepsEvent = (name: string) => events === "keep" || events.some((kept) => sameName(kept, name));
  return { results, keepsEvent, keepsCompletions, version, tags, ...(input === undefined ? {} : { input }) };
}

function pointText(point: ForkPoint, events: number): string {
  if ("event" in point) return `it has ${events} events, and none at ${point.event}`;
  if ("checkpoint" in point) return `it has not run ${point.checkpoint} episodes`;
  return `it has asked for no activity and no sub-orchestration "${point.before}"`;
}
