import { WAKES_STOPPED_SQL } from "../../../store/wake.ts";
import { columnsOf, eachRow, rowAt } from "../wire/layout-sql.ts";
import { HOW, LEAVE } from "../wire/leave-row.ts";

const leave = columnsOf(LEAVE, "l");
const leaveOf = rowAt(LEAVE, "width_bucket(i.no, v_nos)");
/** p: the position before the row. */
const leaveHere = "p + 1";

/** How a worker gives instances back, or stops them. It skips locked rows, comes late in the commit, and never waits. */
export const LEAVING = `
  -- Rows (l) come in order of no. No instance sleeps under a sender or over mail:
  -- the lock excludes senders, and the mail is read by a later statement, with a newer snapshot.
  CREATE FUNCTION leave_owner(p_worker bigint, l bigint[], b bytea, p_not_started bigint[], p_now bigint,
    OUT o_released bigint[], OUT o_stopped bigint[], OUT o_ready boolean) LANGUAGE plpgsql AS $$
  DECLARE
    v_nos bigint[];
    v_bad bigint[];
    v_locked bigint[];
    v_drops bigint[];
  BEGIN
    v_nos := ARRAY(SELECT ${leave.no("g")} FROM ${eachRow(LEAVE, "l")} g ORDER BY g);
    v_bad := ARRAY(SELECT ${leave.no("g")} FROM ${eachRow(LEAVE, "l")} g WHERE ${leave.no("g")} <> ALL (p_not_started)
      AND (SELECT i.owner = p_worker AND i.version = ${leave.version("g")} FROM instances i WHERE i.no = ${leave.no("g")}) IS NOT TRUE);
    IF cardinality(v_bad) > 0 THEN PERFORM raise_not_owned(v_bad); END IF;
    v_locked := ARRAY(SELECT i.no FROM instances i
      WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND ${leave.how(leaveOf)} <> ${HOW.ready} FOR UPDATE SKIP LOCKED);
    v_locked := v_locked || ARRAY(SELECT i.no FROM instances i
      WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND ${leave.how(leaveOf)} = ${HOW.ready} FOR NO KEY UPDATE SKIP LOCKED);
    -- As those that go to sleep: the lock keeps senders away, and no mail has come.
    v_drops := ARRAY(SELECT n FROM unnest(v_locked) n WHERE ${leave.how(rowAt(LEAVE, "width_bucket(n, v_nos)"))} = ${HOW.drop}
      AND (SELECT true FROM inbox m WHERE m.no = n LIMIT 1) IS NULL);
    IF cardinality(v_drops) > 0 THEN PERFORM drop_instances(v_drops); END IF;
    WITH gone AS (
      UPDATE instances i SET owner = NULL, version = i.version + 1, (next_wake, wake_at, stopped, crashes, poison_code_versions) = (
          SELECT CASE ${leave.how(leaveHere)} WHEN ${HOW.stop} THEN i.next_wake ELSE nullif(${leave.nextWake(leaveHere)}, -1) END,
            CASE ${leave.how(leaveHere)} WHEN ${HOW.stop} THEN NULL WHEN ${HOW.ready} THEN p_now ELSE wake_for(nullif(${leave.nextWake(leaveHere)}, -1), false, p_now) END,
            CASE ${leave.how(leaveHere)} WHEN ${HOW.stop} THEN ${leave.reason(leaveHere)} END,
            CASE WHEN ${leave.crashes(leaveHere)} >= 0 THEN ${leave.crashes(leaveHere)} ELSE i.crashes END,
            CASE WHEN ${leave.how(leaveHere)} = ${HOW.stop} THEN coalesce((${leave.reason(leaveHere)}::jsonb -> 'codeVersions')::text, i.poison_code_versions) ELSE i.poison_code_versions END
          FROM (SELECT (width_bucket(i.no, v_nos) - 1) * ${LEAVE.size} AS p OFFSET 0) s)
        WHERE i.no = ANY (v_locked) AND coalesce(i.owner, 0) = p_worker AND CASE ${leave.how(leaveOf)}
          WHEN ${HOW.ready} THEN true
          WHEN ${HOW.drop} THEN false
          WHEN ${HOW.sleep} THEN (SELECT true FROM inbox m WHERE m.no = i.no LIMIT 1) IS NULL
          ELSE (SELECT true FROM inbox m WHERE m.no = i.no AND m.kind IN (${WAKES_STOPPED_SQL}) LIMIT 1) IS NULL END
        RETURNING i.no, i.stopped IS NOT NULL AS stops, i.wake_at)
    SELECT array_agg(no ORDER BY no) FILTER (WHERE NOT stops), array_agg(no ORDER BY no) FILTER (WHERE stops),
        coalesce(bool_or(wake_at <= p_now), false)
      INTO o_released, o_stopped, o_ready FROM gone;
    o_released := nullif(ARRAY(SELECT n FROM unnest(o_released || v_drops) n ORDER BY n), '{}');
  END $$;
`;
