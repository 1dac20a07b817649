import { NO_SLOT_YET } from "../../../model/slot.ts";
import { columnsOf, eachRow } from "../wire/layout-sql.ts";
import { CANCEL, FINISHED_TASK, GIVEN_BACK_TASK, HEARTBEAT, NEW_TASK } from "../wire/task-rows.ts";

const finished = columnsOf(FINISHED_TASK, "f");
const task = columnsOf(NEW_TASK, "t");
const beat = columnsOf(HEARTBEAT, "t");
const given = columnsOf(GIVEN_BACK_TASK, "t");
const cancel = columnsOf(CANCEL, "t");
const isCancelled = `x.no = ${cancel.no("g")} AND ${cancel.no("g")} <> ALL (p_not_started)
          AND ((${cancel.eventId("g")} < 0 AND x.generation <= ${cancel.generation("g")}) OR (x.generation = ${cancel.generation("g")} AND x.event_id = ${cancel.eventId("g")}))`;

/** Shared tasks. */
export const TASKS = `
  -- o_finished: the positions, from 0, whose attempt was the one on record. o_slots: those that its tasks held.
  CREATE FUNCTION finish_tasks(p_worker bigint, f bigint[], OUT o_finished bigint[], OUT o_slots text[]) LANGUAGE plpgsql AS $$
  DECLARE
    v_tids tid[];
    v_gone tid[];
  BEGIN
    v_tids := ARRAY(
      SELECT (SELECT t.ctid FROM tasks t WHERE t.no = ${finished.no("g")} AND t.generation = ${finished.generation("g")} AND t.event_id = ${finished.eventId("g")} AND coalesce(t.worker, 0) = p_worker
          AND t.attempts = ${finished.attempts("g")})
      FROM ${eachRow(FINISHED_TASK, "f")} g ORDER BY g);
    WITH gone AS (DELETE FROM tasks t WHERE t.ctid = ANY (v_tids) AND coalesce(t.worker, 0) = p_worker RETURNING t.ctid AS tid, t.slot)
      SELECT array_agg(tid), array_agg(slot) FILTER (WHERE slot IS NOT NULL) INTO v_gone, o_slots FROM gone;
    o_finished := ARRAY(SELECT p FROM generate_series(0, cardinality(v_tids) - 1) p WHERE v_tids[p + 1] = ANY (v_gone));
  END $$;

  -- o_ready: one is free for any worker. o_slots: those that some wait for.
  CREATE FUNCTION add_tasks(p_worker bigint, t bigint[], b bytea, p_not_started bigint[], p_now bigint, OUT o_ready boolean, OUT o_slots text[])
    LANGUAGE plpgsql AS $$
  BEGIN
    WITH added AS (
      INSERT INTO tasks (no, generation, event_id, worker, attempts, not_before, crashes, created_at, instance_id, name, name_key, slot, slot_limit,
          body, body_z, progress, progress_z)
        SELECT ${task.no("g")}, ${task.generation("g")}, ${task.eventId("g")}, CASE ${task.claimed("g")} WHEN 1 THEN p_worker END, ${task.claimed("g")},
          CASE WHEN ${task.slotLimit("g")} < 0 THEN ${task.notBefore("g")} ELSE ${NO_SLOT_YET} END, ${task.crashes("g")}, p_now,
          ${task.instanceId("g")}, ${task.name("g")}, ${task.nameKey("g")}, ${task.slot("g")}, nullif(${task.slotLimit("g")}, -1), ${task.body("g")},
          ${task.bodyZ("g")}, ${task.progress("g")}, ${task.progressZ("g")}
        FROM ${eachRow(NEW_TASK, "t")} g WHERE ${task.no("g")} <> ALL (p_not_started)
        RETURNING slot, worker)
    SELECT coalesce(bool_or(slot IS NULL AND worker IS NULL), false), array_agg(slot) FILTER (WHERE slot IS NOT NULL) INTO o_ready, o_slots FROM added;
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

  -- Gives the slots that they held, and those of rows that others hold just now.
  CREATE FUNCTION cancel_tasks(t bigint[], p_not_started bigint[]) RETURNS text[] LANGUAGE plpgsql AS $$
  DECLARE
    v_slots text[];
  BEGIN
    WITH gone AS (DELETE FROM tasks k WHERE k.ctid = ANY (ARRAY(
      SELECT d.tid FROM ${eachRow(CANCEL, "t")} g CROSS JOIN LATERAL (
        SELECT x.ctid AS tid FROM tasks x WHERE ${isCancelled}
          FOR UPDATE SKIP LOCKED) d)) RETURNING k.slot)
      SELECT array_agg(slot) FILTER (WHERE slot IS NOT NULL) INTO v_slots FROM gone;
    RETURN v_slots || ARRAY(
      SELECT d.slot FROM ${eachRow(CANCEL, "t")} g CROSS JOIN LATERAL (SELECT x.slot FROM tasks x WHERE ${isCancelled} AND x.slot IS NOT NULL) d);
  END $$;

  -- One transaction at a time for each id, and the last lock that it takes: the second sees what the first has done, and no circle of waits is closed.
  CREATE FUNCTION lock_slots(p_slots text[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(d.lock) FROM (SELECT DISTINCT hashtextextended(s, 0) AS lock FROM unnest(p_slots) s ORDER BY 1) d;
  END $$;

  -- Gives free slots of these ids to the tasks that wait for them, the first to come first. True when one was given: its task is free for any worker now.
  CREATE FUNCTION give_slots(p_slots text[], p_now bigint) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_slot text;
    v_held bigint;
    v_tid tid;
    v_limit bigint;
    v_given boolean := false;
  BEGIN
    PERFORM lock_slots(p_slots);
    FOR v_slot IN SELECT DISTINCT s FROM unnest(p_slots) s LOOP
      v_held := (SELECT count(*) FROM tasks t WHERE t.slot = v_slot AND t.not_before < ${NO_SLOT_YET});
      LOOP
        SELECT t.ctid, t.slot_limit INTO v_tid, v_limit FROM tasks t WHERE t.slot = v_slot AND t.not_before = ${NO_SLOT_YET}
          ORDER BY t.created_at, t.no, t.generation, t.event_id LIMIT 1 FOR UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND OR v_held >= v_limit;
        UPDATE tasks t SET not_before = p_now WHERE t.ctid = v_tid;
        v_held := v_held + 1;
        v_given := true;
      END LOOP;
    END LOOP;
    RETURN v_given;
  END $$;

  -- Ids of slots of which one is free although a task waits for it.
  CREATE FUNCTION idle_slots() RETURNS text[] LANGUAGE plpgsql AS $$
  DECLARE
    v_slot text := '';
    v_limit bigint;
    v_idle text[] := '{}';
  BEGIN
    LOOP
      v_slot := (SELECT t.slot FROM tasks t WHERE t.slot > v_slot ORDER BY t.slot LIMIT 1);
      EXIT WHEN v_slot IS NULL;
      SELECT t.slot_limit INTO v_limit FROM tasks t WHERE t.slot = v_slot AND t.not_before = ${NO_SLOT_YET}
        ORDER BY t.created_at, t.no, t.generation, t.event_id LIMIT 1;
      CONTINUE WHEN NOT FOUND;
      IF (SELECT count(*) FROM tasks t WHERE t.slot = v_slot AND t.not_before < ${NO_SLOT_YET}) < v_limit THEN v_idle := v_idle || v_slot; END IF;
    END LOOP;
    RETURN v_idle;
  END $$;
`;
