import type { InstanceNo } from "../../../model/ids.ts";
import type { LoadedInstance } from "../../../store/rows.ts";
import type { Row, Statement } from "../connections/link.ts";
import { historyChunk, inboxRow, instanceColumns, instanceRow, taskRow } from "../rows-of.ts";

/**
 * Everything a fresh owner needs, in one statement: scheduled − completed − inbox − task rows is right in one snapshot only (docs/design/ownership.md).
 * What belongs to an instance comes as JSON beside its row, so nothing is sent twice.
 */
export const loadStatement = (schema: string, nos: readonly InstanceNo[]): Statement => ({
  name: "load",
  text: `SELECT ${instanceColumns(schema)},
    (SELECT json_agg(json_build_object('generation', h.generation, 'first_seq', h.first_seq, 'count', h.count, 'events', h.events,
      'events_z', encode(h.events_z, 'base64')) ORDER BY h.first_seq) FROM ${schema}.history h
      WHERE h.no = i.no AND h.generation = i.generation) AS history,
    (SELECT json_agg(json_build_object('no', b.no, 'seq', b.seq, 'kind', b.kind, 'generation', b.generation, 'body', b.body,
      'body_z', encode(b.body_z, 'base64')) ORDER BY b.seq) FROM ${schema}.inbox b WHERE b.no = i.no) AS mail,
    CASE i.status WHEN 'Failed' THEN (SELECT json_agg(json_build_object('no', b.no, 'seq', b.seq, 'kind', 'event', 'generation', NULL, 'body', b.body,
      'body_z', encode(b.body_z, 'base64')) ORDER BY b.seq) FROM ${schema}.unread b WHERE b.no = i.no) END AS unread,
    (SELECT json_agg(json_build_object('no', t.no, 'generation', t.generation, 'event_id', t.event_id, 'instance_id', t.instance_id,
      'name', t.name, 'worker', t.worker, 'attempts', t.attempts, 'not_before', t.not_before, 'crashes', t.crashes, 'body', t.body,
      'body_z', encode(t.body_z, 'base64'), 'progress', t.progress, 'progress_z', encode(t.progress_z, 'base64'),
      'created_at', t.created_at, 'slot', t.slot, 'slot_limit', t.slot_limit)) FROM ${schema}.tasks t WHERE t.no = i.no AND t.generation = i.generation) AS tasks
    FROM unnest($1::bigint[]) WITH ORDINALITY AS u (no, place) JOIN ${schema}.instances i ON i.no = u.no ORDER BY u.place`,
  values: [nos],
});

export const loadedInstance = (row: Row): LoadedInstance => ({
  row: instanceRow(row),
  history: parts(row.history, ["events_z"]).map(historyChunk),
  inbox: [...parts(row.unread, ["body_z"]), ...parts(row.mail, ["body_z"])].map(inboxRow),
  tasks: parts(row.tasks, ["body_z", "progress_z"]).map(taskRow),
});

function parts(json: unknown, binary: readonly string[]): readonly Row[] {
  if (json === null) return [];
  return (json as readonly { [column: string]: unknown }[]).map((part) => {
    for (const column of binary) {
      const value = part[column];
      if (typeof value === "string") part[column] = Buffer.from(value, "base64");
    }
    return part;
  });
}
