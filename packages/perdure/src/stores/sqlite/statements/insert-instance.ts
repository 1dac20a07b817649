import { instanceKey } from "../../../model/function-kind.ts";
import type { StartSpec } from "../../../model/start.ts";
import type { RuntimeStatus } from "../../../model/status.ts";
import type { Connection } from "../connection.ts";
import type { Stored } from "../payload-column.ts";
import { pack, packOrNull, SIDE_OVER_CHARS } from "../payload-column.ts";
import { INPUT_ASIDE } from "../rows-of.ts";
import type { UpdateRow } from "../write/wire-commit.ts";
import { nextWakeOf } from "./update-instance.ts";

const INSERT = `INSERT INTO instances (no, instance_id, name, name_key, execution_id, start_id, generation, version, owner, wake_at, next_wake, crashes,
  status, custom_status, input, side, orchestration_version, tags, parent, parent_no, start_at, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (instance_id) DO NOTHING`;

export interface Birth {
  readonly no: number;
  readonly start: StartSpec;
  /** Null: ready for any worker from `wakeAt` on. */
  readonly owner: number | null;
  readonly wakeAt: number | null;
  readonly createdAt: number;
  /** What its first episode made of it, when that is in the same batch. */
  readonly first: UpdateRow | null;
  /** Absent: Pending. */
  readonly status?: RuntimeStatus;
}

/** False when the instance id exists. The unique index is the only one that costs: ids are random, so its pages are. */
export function insertInstance(connection: Connection, birth: Birth): boolean {
  const { no, start, owner, wakeAt, createdAt, first } = birth;
  const { instanceId, name, executionId, input, version, tags, parent, startAt } = start;
  const isAside = input !== null && input.length > SIDE_OVER_CHARS;
  const inRow = isAside || input === null ? null : input;
  const done = connection
    .sql(INSERT)
    .run(
      no,
      instanceId,
      name,
      instanceKey(start),
      first?.executionId ?? executionId,
      first === null || first.executionId === executionId ? null : executionId,
      first?.generation ?? 0,
      first?.version ?? 0,
      owner,
      owner === null ? wakeAt : null,
      first === null ? wakeAt : nextWakeOf(first),
      first?.status ?? birth.status ?? "Pending",
      packOrNull(first?.customStatus ?? null),
      inRow,
      isAside ? INPUT_ASIDE : 0,
      version,
      tags === null ? null : JSON.stringify(tags),
      parent === null ? null : JSON.stringify(parent),
      parent?.no ?? null,
      startAt,
      createdAt,
      first?.updatedAt ?? createdAt,
    );
  if (done.changes === 0) return false;
  if (isAside) putAside(connection, no, "input", pack(input));
  return true;
}

export function putAside(connection: Connection, no: number, slot: "input" | "output", body: Stored): void {
  connection
    .sql("INSERT INTO payloads (no, slot, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body")
    .run(no, slot, body);
}
