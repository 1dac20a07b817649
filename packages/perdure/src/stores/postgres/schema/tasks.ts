import { columnsOf, eachRow } from "../wire/layout-sql.ts";
import { CANCEL, FINISHED_TASK, GIVEN_BACK_TASK, HEARTBEAT, NEW_TASK } from "../wire/task-rows.ts";

const finished = columnsOf(FINISHED_TASK, "f");
const task = columnsOf(NEW_TASK, "t");
const beat = columnsOf(HEARTBEAT, "t");
const given = columnsOf(GIVEN_BACK_TASK, "t");
const cancel = columnsOf(CANCEL, "t");

/** Shared tasks. */
export const TASKS = `
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

  -- True when one is free for any worker.
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

  -- True when one is free for any worker now. It may wait for an instance that cancels its tasks, which waits for nothing any more.
  CREATE FUNCTION give_back_tasks(p_worker bigint, t bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_any boolean := false;
  BEGIN
    FOR g IN 1 .. cardinality(t) BY ${GIVEN_BACK_TASK.size} LOOP -- seldom more than one
      UPDATE tasks k SET worker = NULL, crashes = ${given.crashes("g")}
        WHERE k.no = ${given.no("g")} AND k.generation = ${given.generation("g")} AND k.event_id = ${given.eventId("g")} AND coalesce(k.worker, 0) = p_worker
          AND k.attempts = ${given.attempts("g")};
      v_any := v_any OR FOUND;
    END LOOP;
    RETURN v_any;
  END $$;

  CREATE FUNCTION cancel_tasks(t bigint[], p_not_started bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM tasks k WHERE k.ctid = ANY (ARRAY(
      SELECT d.tid FROM ${eachRow(CANCEL, "t")} g CROSS JOIN LATERAL (
        SELECT x.ctid AS tid FROM tasks x WHERE x.no = ${cancel.no("g")} AND ${cancel.no("g")} <> ALL (p_not_started)
          AND ((${cancel.eventId("g")} < 0 AND x.generation <= ${cancel.generation("g")}) OR (x.generation = ${cancel.generation("g")} AND x.event_id = ${cancel.eventId("g")}))
          FOR UPDATE SKIP LOCKED) d));
  END $$;
`;
