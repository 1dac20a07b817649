import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import { instanceId as asInstanceId, entityIdProblem, storedIdProblem } from "../../model/ids.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceRow, StopReason } from "../../store/rows.ts";
import { oneLine, textOfOutput } from "./preview.ts";
import type { InspectedRow, InspectedStop } from "./types.ts";

/** Ids that an instance or an entity may have: no store is asked for others. */
export const storedIds = (ids: readonly string[]): readonly InstanceId[] =>
  [...new Set(ids)].filter((id) => storedIdProblem(id) === null || entityIdProblem(id) === null).map(asInstanceId);

/** Of rows that were read without their payloads. */
export async function shownRows(store: Pick<Store, "readInstances">, rows: readonly InstanceRow[]): Promise<readonly InspectedRow[]> {
  const outputs = await outputsOf(store, rows);
  return rows.map((row) => shownRow({ ...row, output: outputs.get(row.no) ?? null }));
}

/** Read of those alone whose end has a text. */
export async function outputsOf(
  store: Pick<Store, "readInstances">,
  rows: readonly InstanceRow[],
): Promise<ReadonlyMap<InstanceNo, InstanceRow["output"]>> {
  const noted = rows.filter(hasNote).map(({ instanceId }) => instanceId);
  const ended = noted.length === 0 ? [] : await store.readInstances(noted, "withoutInput");
  return new Map(ended.map(({ no, output }) => [no, output]));
}

const hasNote = ({ status }: InstanceRow): boolean => status === "Failed" || status === "Terminated";

export function shownRow(row: InstanceRow): InspectedRow {
  const { stopped, output, status } = row;
  return {
    id: row.instanceId,
    name: row.name,
    version: row.orchestrationVersion,
    status,
    createdAt: row.createdAt,
    startAt: row.startAt,
    updatedAt: row.updatedAt,
    completedAt: row.completedAt,
    tags: row.tags ?? {},
    parentId: row.parent?.instanceId ?? null,
    generation: row.generation,
    owner: row.owner,
    stopped: stopped === null ? null : shownStop(stopped),
    note: output !== null && hasNote(row) ? oneLine(textOfOutput(output)) : null,
  };
}

/** Without what workers alone need to know. */
export const shownStop = ({ code, message, at, codeMayCure }: StopReason): InspectedStop => ({ code, message, at, codeMayCure });

/** In the order of the ids that were asked for. */
export async function readRows(store: Pick<Store, "readInstances">, ids: readonly string[]): Promise<readonly InstanceRow[]> {
  const wanted = storedIds(ids);
  if (wanted.length === 0) return [];
  const found = new Map((await store.readInstances(wanted, "none")).map((row) => [row.instanceId, row]));
  return wanted.flatMap((id) => found.get(id) ?? []);
}
