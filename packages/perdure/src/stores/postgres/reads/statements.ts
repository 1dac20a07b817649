import type { QueueKeys } from "../../../model/function-kind.ts";
import type { InstanceId, InstanceNo, WorkerId } from "../../../model/ids.ts";
import type { Payloads } from "../../../store/contract.ts";
import { MOST_ENDED } from "../../../store/limits.ts";
import type { Statement } from "../connections/link.ts";
import { INSTANCE_WITHOUT_INPUT, INSTANCE_WITHOUT_PAYLOADS, instanceColumns } from "../rows-of.ts";

/** The small reads. They hold no lock; each is one statement, so one snapshot. */
export interface Reads {
  instances(ids: readonly InstanceId[], payloads: Payloads): Statement;
  ended(since: number | null): Statement;
  history(no: InstanceNo, generation: number): Statement;
  historyOf(id: InstanceId): Statement;
  look(worker: WorkerId, keys: QueueKeys): Statement;
  tasks(keys: readonly { readonly no: InstanceNo; readonly generation: number; readonly eventId: number }[]): Statement;
  owned(worker: WorkerId): Statement;
  workers(): Statement;
}

const COLUMNS: { readonly [P in Payloads]: string } = { all: "i.*", withoutInput: INSTANCE_WITHOUT_INPUT, none: INSTANCE_WITHOUT_PAYLOADS };

export function readsOf(schema: string): Reads {
  const chunks = `SELECT h.generation, h.first_seq, h.count, h.events, h.events_z FROM ${schema}.history h`;
  return {
    instances: (ids, payloads) => ({
      name: `instances-${payloads}`,
      text: `SELECT ${instanceColumns(schema, COLUMNS[payloads])} FROM ${schema}.instances i WHERE i.instance_id = ANY ($1::text[])`,
      values: [ids],
    }),
    // The time is that of the transaction's beginning, so before its snapshot: what began before it and is committed later has a time before it.
    ended: (since) => ({
      name: "ended",
      text: `SELECT t.now, e.instance_id FROM (SELECT ${schema}.now_ms() AS now) t LEFT JOIN LATERAL (SELECT i.instance_id FROM ${schema}.instances i
        WHERE i.completed_at >= $1::bigint ORDER BY i.completed_at LIMIT ${MOST_ENDED + 1}) e ON true`,
      values: [since],
    }),
    history: (no, generation) => ({
      name: "history",
      text: `${chunks} WHERE h.no = $1 AND h.generation = $2 ORDER BY h.first_seq`,
      values: [no, generation],
    }),
    historyOf: (id) => ({
      name: "history-of",
      text: `${chunks} JOIN ${schema}.instances i ON i.no = h.no AND i.generation = h.generation WHERE i.instance_id = $1 ORDER BY h.first_seq`,
      values: [id],
    }),
    // By owner and not by `inbox.worker`: also what was sent before this worker owned the instance, or while it claimed it (the late look of
    // docs/design/ownership.md). From the inbox to the owner and never the other way: it is small, since mail is there to be consumed.
    look: (worker, keys) => ({
      name: "look",
      text: `SELECT w.*, b.no, b.seq, b.generation, b.kind, b.body, b.body_z FROM ${schema}.next_wake($2, $3) w
        LEFT JOIN ${schema}.inbox b ON (SELECT i.owner FROM ${schema}.instances i WHERE i.no = b.no) = $1 ORDER BY b.no, b.seq`,
      values: [worker, keys.instances, keys.tasks],
    }),
    tasks: (keys) => ({
      name: "tasks",
      text: `SELECT t.* FROM unnest($1::bigint[], $2::int[], $3::int[]) WITH ORDINALITY AS k (no, generation, event_id, place)
        JOIN ${schema}.tasks t ON t.no = k.no AND t.generation = k.generation AND t.event_id = k.event_id ORDER BY k.place`,
      values: [keys.map((key) => key.no), keys.map((key) => key.generation), keys.map((key) => key.eventId)],
    }),
    owned: (worker) => ({
      name: "owned",
      text: `SELECT no, version FROM ${schema}.instances WHERE owner = $1 ORDER BY no`,
      values: [worker],
    }),
    workers: () => ({
      name: "workers",
      text: `SELECT t.now, w.* FROM (SELECT ${schema}.now_ms() AS now) t LEFT JOIN ${schema}.workers w ON true ORDER BY w.worker`,
    }),
  };
}
