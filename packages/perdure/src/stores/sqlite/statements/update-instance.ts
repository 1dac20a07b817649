import type { Connection } from "../connection.ts";
import type { Stored } from "../payload-column.ts";

/**
 * The compare-and-set of an episode, the other half of its cost. Sets no indexed column, so no index is touched.
 * UPDATE … FROM (VALUES …) with 16 rows was no faster: the values go through a transient table.
 */
const UPDATE = `UPDATE instances SET version = ?, generation = ?, execution_id = ?, status = ?, custom_status = ?, next_wake = ?,
  updated_at = ?, crashes = 0 WHERE no = ? AND owner = ? AND version = ?`;

export interface EpisodeColumns {
  readonly no: number;
  readonly expectedVersion: number;
  readonly version: number;
  readonly generation: number;
  readonly executionId: string;
  readonly status: string;
  readonly customStatus: Stored;
  readonly nextWake: number | null;
  readonly updatedAt: number;
}

/** False: it is not this owner's at that version. */
export function updateInstance(connection: Connection, owner: number, row: EpisodeColumns): boolean {
  const { no, expectedVersion, version, generation, executionId, status, customStatus, nextWake, updatedAt } = row;
  const done = connection
    .sql(UPDATE)
    .run(version, generation, executionId, status, customStatus, nextWake, updatedAt, no, owner, expectedVersion);
  return done.changes === 1;
}

const COMPLETE = `UPDATE instances SET version = ?, generation = ?, execution_id = ?, status = ?, custom_status = ?, next_wake = NULL,
  updated_at = ?, crashes = 0, owner = NULL, wake_at = NULL, output = ?, side = side | ?, completed_at = ?
  WHERE no = ? AND owner = ? AND version = ?`;

/** As {@link updateInstance} for the last episode: three small indexes change with it. */
export function completeInstance(
  connection: Connection,
  owner: number,
  row: EpisodeColumns,
  end: { readonly output: Stored; readonly side: number; readonly at: number },
): boolean {
  const { no, expectedVersion, version, generation, executionId, status, customStatus, updatedAt } = row;
  const done = connection
    .sql(COMPLETE)
    .run(version, generation, executionId, status, customStatus, updatedAt, end.output, end.side, end.at, no, owner, expectedVersion);
  return done.changes === 1;
}
