import type { InstanceId, InstanceNo, WorkerId } from "../../../model/ids.ts";
import { NO_SLOT_YET } from "../../../model/slot.ts";
import type { EndedAt, LookParams, Store } from "../../../store/contract.ts";
import type { EndsQuestion } from "../../../store/ends.ts";
import { LATE_COMMIT_MS, MOST_ENDED } from "../../../store/limits.ts";
import type { Payloads } from "../../../store/queries.ts";
import type { Statement } from "../connections/link.ts";
import { INSTANCE_WITHOUT_INPUT, INSTANCE_WITHOUT_PAYLOADS, instanceColumns } from "../rows-of.ts";
import { versionsOf } from "../wire/versions-of.ts";

/** The small reads, and a write that needs no function. They hold no lock; each is one statement, so one snapshot. */
export interface Reads {
  instances(ids: readonly InstanceId[], payloads: Payloads): Statement;
  ended(question: EndsQuestion | null): Statement;
  history(no: InstanceNo, generation: number): Statement;
  historyOf(id: InstanceId): Statement;
  look(params: LookParams): Statement;
  tasks(keys: readonly { readonly no: InstanceNo; readonly generation: number; readonly eventId: number }[]): Statement;
  slotHolders(params: Parameters<Store["readSlotHolders"]>[0]): Statement;
  owned(worker: WorkerId): Statement;
  workers(): Statement;
  dateEnds(ends: readonly EndedAt[]): Statement;
}

/**
 * The 64-bit number of a row's transaction, without a text of it: `age` counts from a number that stays the same within a transaction, and `latest` is
 * that one. 0.2 µs a row, where a text costs 1.5 µs (November 2026, 2 × 3 GHz).
 */
const FULL_XMIN = "t.latest - age(i.xmin)";

function endsValues({ from, seen, after }: EndsQuestion): readonly unknown[] {
  const start = Math.max(from - LATE_COMMIT_MS, after?.completedAt ?? 0);
  return [start, seen ?? null, after?.completedAt ?? start, after?.no ?? 0];
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
    // Of the ends before the last answer those are new whose transaction (xmin) that answer did not see.
    ended: (question) => ({
      name: "ended",
      text: `WITH s AS MATERIALIZED (SELECT ${schema}.now_ms() AS now, pg_current_snapshot() AS seen, $2::text::pg_snapshot AS before),
        t AS MATERIALIZED (SELECT s.now, s.seen::text AS seen, s.before, pg_snapshot_xmin(s.before)::text::bigint AS oldest,
          n.next + age((n.next & 4294967295)::text::xid) AS latest FROM s, LATERAL (SELECT pg_snapshot_xmax(s.seen)::text::bigint AS next) n)
        SELECT t.now, t.seen, e.* FROM t
        LEFT JOIN LATERAL (SELECT i.instance_id, i.no, i.completed_at FROM ${schema}.instances i
          WHERE i.completed_at >= $1::bigint AND (i.completed_at, i.no) > ($3::bigint, $4::bigint)
            AND ${FULL_XMIN} >= t.oldest AND NOT pg_visible_in_snapshot((${FULL_XMIN})::text::xid8, t.before)
          ORDER BY i.completed_at, i.no LIMIT ${MOST_ENDED + 1}) e ON true`,
      values: question === null ? [null, null, null, null] : endsValues(question),
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
    look: ({ worker, keys, versions, without = [] }) => ({
      name: "look",
      text: `SELECT w.*, (SELECT true FROM ${schema}.kept_mail LIMIT 1) AS kept, b.no, b.seq, b.generation, b.kind, b.body, b.body_z FROM ${schema}.next_wake($2, $3, $4) w
        LEFT JOIN ${schema}.inbox b ON b.no <> ALL ($5::bigint[]) AND (SELECT i.owner FROM ${schema}.instances i WHERE i.no = b.no) = $1 ORDER BY b.no, b.seq`,
      values: [worker, keys.instances, versionsOf(keys.instances, versions), keys.tasks, without],
    }),
    tasks: (keys) => ({
      name: "tasks",
      text: `SELECT t.* FROM unnest($1::bigint[], $2::int[], $3::int[]) WITH ORDINALITY AS k (no, generation, event_id, place)
        JOIN ${schema}.tasks t ON t.no = k.no AND t.generation = k.generation AND t.event_id = k.event_id ORDER BY k.place`,
      values: [keys.map((key) => key.no), keys.map((key) => key.generation), keys.map((key) => key.eventId)],
    }),
    slotHolders: ({ slotId, atMost }) => ({
      name: "slot-holders",
      text: `SELECT (SELECT count(*) FROM ${schema}.tasks t WHERE t.slot = $1 AND t.not_before < ${NO_SLOT_YET}) AS count, ARRAY(
        SELECT t.instance_id FROM ${schema}.tasks t WHERE t.slot = $1 AND t.not_before < ${NO_SLOT_YET}
          ORDER BY t.not_before, t.created_at, t.no, t.generation, t.event_id LIMIT $2) AS holders`,
      values: [slotId, atMost],
    }),
    owned: (worker) => ({
      name: "owned",
      text: `SELECT no, version FROM ${schema}.instances WHERE owner = $1 ORDER BY no`,
      values: [worker],
    }),
    // Of a store in which nothing else happens meanwhile.
    dateEnds: (ends) => ({
      name: "date-ends",
      text: `UPDATE ${schema}.instances i SET completed_at = e.at FROM unnest($1::bigint[], $2::bigint[]) AS e (no, at)
        WHERE i.no = e.no AND i.completed_at IS NOT NULL`,
      values: [ends.map(({ no }) => no), ends.map(({ at }) => at)],
    }),
    workers: () => ({
      name: "workers",
      text: `SELECT t.now, w.* FROM (SELECT ${schema}.now_ms() AS now) t LEFT JOIN ${schema}.workers w ON true ORDER BY w.worker`,
    }),
  };
}
