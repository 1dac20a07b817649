import assert from "node:assert/strict";
import { isEditMark } from "../../../src/model/edit-mark.ts";
import type { HistoryEvent } from "../../../src/model/history.ts";
import { nodesOf } from "../../../src/testing/scenarios/program.ts";
import type { ProgramInput } from "../../../src/testing/scenarios/programs.ts";
import type { ShadowInstance } from "../../../src/testing/shadow-instances.ts";

/** Was recorded for this generation: what stands before the mark is a copy. */
export function isBehindMark(history: readonly HistoryEvent[]): (event: HistoryEvent, index: number) => boolean {
  const mark = history.findLastIndex(isEditMark);
  return (_, index) => index > mark;
}

const text = (event: HistoryEvent) => JSON.stringify(event);

const resultsOf = (events: readonly HistoryEvent[]) =>
  new Map(
    events.flatMap((event) =>
      event.kind === "TaskCompleted" || event.kind === "SubOrchestrationInstanceCompleted" || event.kind === "EntityOperationCompleted"
        ? [[event.taskId, event.result] as const]
        : [],
    ),
  );

const raised = (events: readonly HistoryEvent[]) => events.flatMap((event) => (event.kind === "EventRaised" ? [event.name] : []));

/** What holds between a history and the one that a rewind has made of it (rows of the table in the guide). */
export function checkRewind(one: ShadowInstance, generation: number, after: readonly HistoryEvent[]): void {
  const at = after.findLastIndex(isEditMark);
  const mark = after[at];
  if (mark?.kind !== "ExecutionRewound") return;
  const before = one.history.get(mark.from.generation);
  const where = `${one.instanceId}, generation ${generation}, made of ${mark.from.generation}`;
  assert.ok(before !== undefined, where);
  const kept = after.slice(0, at);
  let place = 0;
  for (const event of kept) {
    place = before.findIndex((old, index) => index >= place && text(old) === text(event)) + 1;
    assert.ok(place > 0, `${where}: ${text(event)} stands before the mark and was not recorded`);
  }
  if (!mayLoseEpisodes(before)) assert.equal(mark.droppedEpisodes, 0, `${where}: nothing hangs on the failure`);
  const last = kept.reduce((most, event) => ("id" in event ? Math.max(most, event.id) : most), -1);
  const now = resultsOf(after);
  for (const [id, result] of resultsOf(before))
    if (id <= last) assert.equal(now.get(id), result, `${where}: call ${id} stays, and so does its result`);
  for (const name of raised(before)) assert.ok(raised(after).includes(name), `${where}: event ${name} is kept`);
}

/** Its code did something about the failure (the clean-up of a `try`), or it was inside a section, or waited for an entity. */
function mayLoseEpisodes(history: readonly HistoryEvent[]): boolean {
  const started = history.find((event) => event.kind === "ExecutionStarted");
  if (started?.kind !== "ExecutionStarted") return true;
  const { program }: ProgramInput = JSON.parse(started.input ?? "{}");
  return [...nodesOf(program)].some(
    ({ node, instance }) => instance === "" && (node.kind === "try" || node.kind === "lock" || node.kind === "entity"),
  );
}
