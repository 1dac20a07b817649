import { columnsOf, eachRow, rowAt } from "../wire/layout-sql.ts";
import { HOW, LEAVE } from "../wire/leave-row.ts";
import { CANCEL, FINISHED_TASK, HEARTBEAT, NEW_TASK } from "../wire/task-rows.ts";
import type { Migration } from "./migration.ts";

const finished = columnsOf(FINISHED_TASK, "f");
const task = columnsOf(NEW_TASK, "t");
const beat = columnsOf(HEARTBEAT, "t");
const cancel = columnsOf(CANCEL, "t");
const leave = columnsOf(LEAVE, "l");
const leaveOf = rowAt(LEAVE, "width_bucket(i.no, v_nos)");
/** p: the position before the row. */
const leaveHere = "p + 1";

/** Shared tasks, leaving and claiming (ownership.md 4.4, 4.5 step 10, 4.7). All that skips locked rows comes last and never waits. */
export const tasksAndClaims: Migration = {
  version: 6,
  name: "tasks-and-claims",
  sql: `
    -- Gives the positions, from 0, whose attempt was the one on record.
    CREATE FUNCTION finish_tasks(p_worker bigint, f bigint[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
    DECLARE
      v_tids tid[];
      v_gone tid[];
    BEGIN
      v_tids := ARRAY(
        SELECT (SELECT t.ctid FROM tasks t WHERE t.no = ${finished.no("g")} AND t.generation = ${finished.generation("g")} AND t.event_id = ${finished.eventId("g")} AND coalesce(t.worker, 0) = p_worker
            AND t.attempts = ${finished.attempts("g")})
        FROM ${eachRow(FINISHED_TASK, "f")} g ORDER BY g);
      WITH gone AS (DELETE FROM tasks t WHERE t.ctid = ANY (v_tids) AND coalesce(t.worker, 0) = p_worker RETURNING t.ctid AS tid)
        SELECT array_agg(tid) INTO v_gone FROM gone;
      RETURN ARRAY(SELECT p FROM generate_series(0, cardinality(v_tids) - 1) p WHERE v_tids[p + 1] = ANY (v_gone));
    END $$;

    -- True when one is free for anybody.
    CREATE FUNCTION add_tasks(p_worker bigint, t bigint[], b bytea, p_not_started bigint[], p_now bigint) RETURNS boolean
      LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO tasks (no, generation, event_id, worker, attempts, not_before, crashes, created_at, instance_id, name, name_key,
          body, body_z, progress, progress_z)
        SELECT ${task.no("g")}, ${task.generation("g")}, ${task.eventId("g")}, CASE ${task.claimed("g")} WHEN 1 THEN p_worker END, ${task.claimed("g")}, ${task.notBefore("g")}, ${task.crashes("g")}, p_now,
          ${task.instanceId("g")}, ${task.name("g")}, ${task.nameKey("g")}, ${task.body("g")},
          ${task.bodyZ("g")}, ${task.progress("g")}, ${task.progressZ("g")}
        FROM ${eachRow(NEW_TASK, "t")} g WHERE ${task.no("g")} <> ALL (p_not_started);
      RETURN EXISTS (SELECT FROM ${eachRow(NEW_TASK, "t")} g WHERE ${task.claimed("g")} = 0 AND ${task.no("g")} <> ALL (p_not_started));
    END $$;

    CREATE FUNCTION beat_tasks(p_worker bigint, t bigint[], b bytea) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      FOR g IN 1 .. cardinality(t) BY ${HEARTBEAT.size} LOOP -- seldom more than one
        UPDATE tasks k SET progress = ${beat.progress("g")}, progress_z = ${beat.progressZ("g")}
          WHERE k.no = ${beat.no("g")} AND k.generation = ${beat.generation("g")} AND k.event_id = ${beat.eventId("g")} AND coalesce(k.worker, 0) = p_worker;
      END LOOP;
    END $$;

    CREATE FUNCTION cancel_tasks(t bigint[], p_not_started bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM tasks k WHERE k.ctid = ANY (ARRAY(
        SELECT d.tid FROM ${eachRow(CANCEL, "t")} g CROSS JOIN LATERAL (
          SELECT x.ctid AS tid FROM tasks x WHERE x.no = ${cancel.no("g")} AND ${cancel.no("g")} <> ALL (p_not_started)
            AND ((${cancel.eventId("g")} < 0 AND x.generation <= ${cancel.generation("g")}) OR (x.generation = ${cancel.generation("g")} AND x.event_id = ${cancel.eventId("g")}))
            FOR UPDATE SKIP LOCKED) d));
    END $$;

    -- Rows (l) come in order of no. No instance sleeps under a sender or over mail:
    -- the lock excludes senders, and the mail is read by a later statement, with a newer snapshot.
    CREATE FUNCTION leave_owner(p_worker bigint, l bigint[], b bytea, p_not_started bigint[], p_now bigint,
      OUT o_released bigint[], OUT o_stopped bigint[], OUT o_ready boolean) LANGUAGE plpgsql AS $$
    DECLARE
      v_nos bigint[];
      v_bad bigint[];
      v_locked bigint[];
    BEGIN
      v_nos := ARRAY(SELECT ${leave.no("g")} FROM ${eachRow(LEAVE, "l")} g ORDER BY g);
      v_bad := ARRAY(SELECT ${leave.no("g")} FROM ${eachRow(LEAVE, "l")} g WHERE ${leave.no("g")} <> ALL (p_not_started)
        AND (SELECT i.owner = p_worker AND i.version = ${leave.version("g")} FROM instances i WHERE i.no = ${leave.no("g")}) IS NOT TRUE);
      IF cardinality(v_bad) > 0 THEN PERFORM raise_not_owned(v_bad); END IF;
      v_locked := ARRAY(SELECT i.no FROM instances i
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND ${leave.how(leaveOf)} <> ${HOW.ready} FOR UPDATE SKIP LOCKED);
      v_locked := v_locked || ARRAY(SELECT i.no FROM instances i
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND ${leave.how(leaveOf)} = ${HOW.ready} FOR NO KEY UPDATE SKIP LOCKED);
      WITH gone AS (
        UPDATE instances i SET owner = NULL, version = i.version + 1, (next_wake, wake_at, stopped, crashes, convicted_by) = (
            SELECT CASE ${leave.how(leaveHere)} WHEN ${HOW.stop} THEN i.next_wake ELSE nullif(${leave.nextWake(leaveHere)}, -1) END,
              CASE ${leave.how(leaveHere)} WHEN ${HOW.stop} THEN NULL WHEN ${HOW.ready} THEN p_now ELSE wake_for(nullif(${leave.nextWake(leaveHere)}, -1), false, p_now) END,
              CASE ${leave.how(leaveHere)} WHEN ${HOW.stop} THEN ${leave.reason(leaveHere)} END,
              CASE WHEN ${leave.crashes(leaveHere)} >= 0 THEN ${leave.crashes(leaveHere)} ELSE i.crashes END,
              CASE WHEN ${leave.how(leaveHere)} = ${HOW.stop} THEN coalesce((${leave.reason(leaveHere)}::jsonb -> 'codeVersions')::text, i.convicted_by) ELSE i.convicted_by END
            FROM (SELECT (width_bucket(i.no, v_nos) - 1) * ${LEAVE.size} AS p OFFSET 0) s)
          WHERE i.no = ANY (v_locked) AND coalesce(i.owner, 0) = p_worker AND CASE ${leave.how(leaveOf)}
            WHEN ${HOW.ready} THEN true
            WHEN ${HOW.sleep} THEN (SELECT true FROM inbox m WHERE m.no = i.no LIMIT 1) IS NULL
            ELSE (SELECT true FROM inbox m WHERE m.no = i.no AND m.kind IN ('terminate', 'resume', 'replace') LIMIT 1) IS NULL END
          RETURNING i.no, i.stopped IS NOT NULL AS stops, i.wake_at)
      SELECT array_agg(no ORDER BY no) FILTER (WHERE NOT stops), array_agg(no ORDER BY no) FILTER (WHERE stops),
          coalesce(bool_or(wake_at <= p_now), false)
        INTO o_released, o_stopped, o_ready FROM gone;
    END $$;

    -- Suspects that are due, those with the fewest crashes for which there is room (p_rooms: from 2 crashes on, the last for all above), soonest
    -- first: from one number of crashes to the next by the index.
    CREATE FUNCTION lock_suspects(p_names text[], p_rooms bigint[], p_limit bigint, p_now bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
    DECLARE
      v_crashes integer := 1;
      v_room bigint;
      v_nos bigint[];
    BEGIN
      LOOP
        SELECT min(r.crashes) INTO v_crashes FROM unnest(p_names) AS f (name_key) CROSS JOIN LATERAL (
          SELECT i.crashes FROM instances i
            WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = f.name_key AND i.crashes > v_crashes
            ORDER BY i.crashes LIMIT 1) r;
        IF v_crashes IS NULL THEN RETURN '{}'; END IF;
        v_room := least(p_limit, p_rooms[least(v_crashes - 1, cardinality(p_rooms))]);
        CONTINUE WHEN v_room <= 0;
        v_nos := ARRAY(
          SELECT r.no FROM unnest(p_names) AS f (name_key) CROSS JOIN LATERAL (
            SELECT i.no, i.wake_at FROM instances i WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = f.name_key
              AND i.crashes = v_crashes AND i.wake_at <= p_now ORDER BY i.wake_at LIMIT v_room FOR NO KEY UPDATE SKIP LOCKED) r
          ORDER BY r.wake_at, r.no LIMIT v_room);
        IF cardinality(v_nos) > 0 THEN RETURN v_nos; END IF;
      END LOOP;
    END $$;

    -- One range of the ready index per function: with = ANY everything that is due would be sorted. Gives no, version, no, version …
    CREATE FUNCTION claim_instances(p_worker bigint, p_names text[], p_limit bigint, p_rooms bigint[], p_now bigint,
      OUT o_claimed bigint[], OUT o_suspect boolean) LANGUAGE plpgsql AS $$
    DECLARE v_nos bigint[] := '{}';
    BEGIN
      IF cardinality(p_rooms) > 0 THEN v_nos := lock_suspects(p_names, p_rooms, p_limit, p_now); END IF;
      o_suspect := cardinality(v_nos) > 0;
      p_limit := p_limit - cardinality(v_nos);
      v_nos := v_nos || ARRAY(
        SELECT r.no FROM unnest(p_names) AS f (name_key) CROSS JOIN (VALUES (0), (1)) AS c (crashes) CROSS JOIN LATERAL (
          SELECT i.no, i.wake_at FROM instances i
            WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = f.name_key AND i.crashes = c.crashes AND i.wake_at <= p_now
            ORDER BY i.wake_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED) r
        ORDER BY r.wake_at, r.no LIMIT p_limit);
      WITH taken AS (
        UPDATE instances i SET owner = p_worker, wake_at = NULL, next_wake = 0, version = i.version + 1
          WHERE i.no = ANY (v_nos) AND i.owner IS NULL RETURNING i.no, i.version)
      SELECT array_agg(p.value ORDER BY array_position(v_nos, t.no), p.place) INTO o_claimed
        FROM taken t CROSS JOIN LATERAL (VALUES (1, t.no), (2, t.version)) AS p (place, value);
    END $$;

    -- The attempt is on record before it starts. p_rooms: as for instances. p_limits: for each name, at most so many.
    -- Gives no, generation, event id …
    CREATE FUNCTION claim_tasks(p_worker bigint, p_names text[], p_limits bigint[], p_limit bigint, p_rooms bigint[], p_now bigint)
      RETURNS bigint[] LANGUAGE plpgsql AS $$
    DECLARE
      v_tids tid[];
      v_claimed bigint[];
      v_crashes integer := 1;
      v_room bigint := 0;
    BEGIN
      IF cardinality(p_rooms) > 0 THEN
        LOOP
          SELECT min(r.crashes) INTO v_crashes FROM unnest(p_names) AS f (name_key) CROSS JOIN LATERAL (
            SELECT t.crashes FROM tasks t WHERE t.worker IS NULL AND t.name_key = f.name_key AND t.crashes > 1 AND t.crashes > v_crashes
              AND t.not_before <= p_now ORDER BY t.crashes LIMIT 1) r;
          EXIT WHEN v_crashes IS NULL;
          v_room := greatest(p_rooms[least(v_crashes - 1, cardinality(p_rooms))], 0);
          EXIT WHEN v_room > 0;
        END LOOP;
      END IF;
      WITH suspect AS (
        SELECT r.*, f.most
        FROM unnest(p_names, p_limits) AS f (name_key, most) CROSS JOIN LATERAL (
          SELECT t.ctid AS tid, t.no, t.event_id, t.name_key, t.not_before FROM tasks t WHERE t.worker IS NULL AND t.name_key = f.name_key
            AND t.crashes > 1 AND t.crashes = v_crashes AND t.not_before <= p_now ORDER BY t.not_before, t.no, t.event_id LIMIT v_room FOR UPDATE SKIP LOCKED) r
        ORDER BY r.not_before, r.no, r.event_id LIMIT v_room
      ), free AS (
        SELECT r.*, f.most
        FROM unnest(p_names, p_limits) AS f (name_key, most) CROSS JOIN LATERAL (
          SELECT t.ctid AS tid, t.no, t.event_id, t.name_key, t.not_before FROM tasks t WHERE t.worker IS NULL AND t.name_key = f.name_key AND t.not_before <= p_now AND t.crashes < 2
            ORDER BY t.not_before LIMIT f.most FOR UPDATE SKIP LOCKED) r
      ), ranked AS (
        SELECT x.*, row_number() OVER (PARTITION BY name_key ORDER BY not_before, no, event_id) AS place
        FROM (SELECT * FROM suspect UNION ALL SELECT * FROM free) x
      ) SELECT array_agg(d.tid) INTO v_tids
        FROM (SELECT tid FROM ranked WHERE place <= most ORDER BY not_before, no, event_id LIMIT p_limit) d;
      WITH taken AS (
        UPDATE tasks t SET worker = p_worker, attempts = t.attempts + 1 WHERE t.ctid = ANY (v_tids) AND t.worker IS NULL
          RETURNING t.no, t.generation, t.event_id, t.not_before)
      SELECT array_agg(p.value ORDER BY t.not_before, t.no, t.event_id, p.place) INTO v_claimed
        FROM taken t CROSS JOIN LATERAL (VALUES (1, t.no), (2, t.generation), (3, t.event_id)) AS p (place, value);
      RETURN v_claimed;
    END $$;
  `,
};
