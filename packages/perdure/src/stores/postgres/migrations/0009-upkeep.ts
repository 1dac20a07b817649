import type { Migration } from "./migration.ts";
import { PLANS } from "./plans.ts";

/** The sweep (ownership.md 4.9), stopped instances, and the two questions that every worker asks each second. */
export const upkeep: Migration = {
  version: 9,
  name: "upkeep",
  sql: `
    CREATE FUNCTION resume_where(p_nos bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE v_count bigint;
    BEGIN
      PERFORM no FROM instances WHERE no = ANY (p_nos) AND coalesce(stopped, '') <> '' ORDER BY no FOR NO KEY UPDATE;
      UPDATE instances SET stopped = NULL, wake_at = now_ms() WHERE no = ANY (p_nos) AND coalesce(stopped, '') <> '' AND owner IS NULL;
      GET DIAGNOSTICS v_count = ROW_COUNT;
      RETURN v_count;
    END $$;

    -- p_code null: not told, so what only other code may set going stays where it is. Of a convicted instance it is noted, so that it is tried once.
    CREATE FUNCTION resume_for_code(p_names text[], p_code text) RETURNS bigint LANGUAGE plpgsql ${PLANS} AS $$
    DECLARE v_nos bigint[];
    BEGIN
      v_nos := ARRAY(SELECT no FROM instances
        WHERE stopped IS NOT NULL AND name_key = ANY (p_names) AND (stopped::jsonb ->> 'codeMayCure') = 'true'
          AND (stopped::jsonb -> 'codeVersions' IS NULL OR NOT coalesce(stopped::jsonb -> 'codeVersions' ? p_code, true)) ORDER BY no);
      PERFORM no FROM instances WHERE no = ANY (v_nos) ORDER BY no FOR NO KEY UPDATE;
      UPDATE instances SET convicted_by = ((stopped::jsonb -> 'codeVersions') || to_jsonb(p_code))::text
        WHERE no = ANY (v_nos) AND coalesce(stopped, '') <> '' AND stopped::jsonb -> 'codeVersions' IS NOT NULL;
      RETURN resume_where(v_nos);
    END $$;

    CREATE FUNCTION resume_one(p_id text) RETURNS boolean LANGUAGE sql ${PLANS} AS $$
      SELECT resume_where(ARRAY(SELECT no FROM instances WHERE instance_id = p_id AND coalesce(stopped, '') <> '')) > 0
    $$;

    -- Of the earlier generations of an instance the last rows go first, so that what is left is the beginning of a history.
    CREATE FUNCTION drop_past_history(p_slice bigint, OUT o_past bigint, OUT o_more boolean) LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM history d WHERE d.ctid = ANY (ARRAY(
        SELECT h.tid FROM (
          SELECT x.no, max(x.generation) AS generation FROM (SELECT * FROM outgrown ORDER BY no, generation LIMIT p_slice) x GROUP BY x.no) o
        CROSS JOIN LATERAL (
          SELECT p.ctid AS tid FROM history p WHERE p.no = o.no AND p.generation < o.generation
            ORDER BY p.generation DESC, p.first_seq DESC LIMIT p_slice) h
        LIMIT p_slice));
      GET DIAGNOSTICS o_past = ROW_COUNT;
      DELETE FROM outgrown o WHERE o.ctid = ANY (ARRAY(
        SELECT x.ctid FROM (SELECT ctid, no, generation FROM outgrown ORDER BY no, generation LIMIT p_slice) x
          WHERE (SELECT true FROM history p WHERE p.no = x.no AND p.generation < x.generation LIMIT 1) IS NULL));
      o_more := EXISTS (SELECT FROM outgrown);
    END $$;

    -- One worker at a time; whoever comes second has nothing to do.
    CREATE FUNCTION sweep(p_slice bigint, p_past_slice bigint, p_markers_before bigint, OUT o_repaired bigint, OUT o_dropped bigint, OUT o_tombstones bigint, OUT o_past bigint, OUT o_more boolean)
      LANGUAGE plpgsql ${PLANS} AS $$
    DECLARE
      v_now bigint := now_ms();
      v_nos bigint[];
      v_worker bigint;
      v_count bigint;
    BEGIN
      o_repaired := 0; o_dropped := 0; o_tombstones := 0; o_past := 0; o_more := false;
      IF NOT pg_try_advisory_xact_lock((1348825701::bigint << 32) | 'instances'::regclass::oid::bigint) THEN RETURN; END IF;
      v_nos := ARRAY(SELECT i.no FROM instances i WHERE i.no IN (SELECT b.no FROM inbox b) AND i.owner IS NULL AND i.stopped IS NULL
        AND i.completed_at IS NULL AND (i.wake_at IS NULL OR i.wake_at > v_now) ORDER BY i.no FOR NO KEY UPDATE);
      UPDATE instances i SET wake_at = v_now WHERE i.no = ANY (v_nos) AND i.owner IS NULL AND i.stopped IS NULL AND i.completed_at IS NULL
        AND (i.wake_at IS NULL OR i.wake_at > v_now) AND EXISTS (SELECT FROM inbox b WHERE b.no = i.no);
      GET DIAGNOSTICS o_repaired = ROW_COUNT;
      DELETE FROM inbox b USING (
        SELECT x.no, x.seq FROM inbox x WHERE NOT EXISTS (SELECT FROM instances i WHERE i.no = x.no AND i.completed_at IS NULL)
          FOR UPDATE SKIP LOCKED) d WHERE b.no = d.no AND b.seq = d.seq;
      GET DIAGNOSTICS o_dropped = ROW_COUNT;
      FOR v_worker IN SELECT worker FROM workers WHERE fence IS NULL LOOP
        IF (SELECT t.o_done FROM take_over(v_worker, p_slice) t) THEN o_tombstones := o_tombstones + 1; END IF;
      END LOOP;
      -- What belongs to a worker that has no row.
      FOR v_worker IN SELECT DISTINCT x.worker FROM (
          SELECT owner AS worker FROM instances WHERE owner IS NOT NULL UNION SELECT t.worker FROM tasks t WHERE t.worker IS NOT NULL) x
          WHERE NOT EXISTS (SELECT FROM workers w WHERE w.worker = x.worker) LOOP
        SELECT f.o_freed INTO v_count FROM free_instances(v_worker, p_slice, true) f;
        o_repaired := o_repaired + v_count + (SELECT count(*) FROM tasks t WHERE t.worker = v_worker);
        PERFORM free_tasks(v_worker, true);
      END LOOP;
      DELETE FROM batches b WHERE b.at < p_markers_before AND NOT EXISTS (SELECT FROM workers w WHERE w.worker = b.worker);
      SELECT d.o_past, d.o_more INTO o_past, o_more FROM drop_past_history(p_past_slice) d;
    END $$;

    -- Of suspects (crashes > 1): the first of each number of crashes, from one to the next by the index.
    CREATE FUNCTION earliest_wake(p_name text, p_suspects boolean) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
    DECLARE
      v_level integer := 1;
      v_at bigint;
      v_earliest bigint;
    BEGIN
      IF NOT p_suspects THEN
        RETURN (SELECT min(r.wake_at) FROM (VALUES (0), (1)) AS c (crashes) CROSS JOIN LATERAL (SELECT i.wake_at FROM instances i
          WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = p_name AND i.crashes = c.crashes ORDER BY i.wake_at LIMIT 1) r);
      END IF;
      LOOP
        SELECT i.crashes, i.wake_at INTO v_level, v_at FROM instances i
          WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = p_name AND i.crashes > v_level ORDER BY i.crashes, i.wake_at LIMIT 1;
        EXIT WHEN NOT FOUND;
        v_earliest := least(v_earliest, v_at);
      END LOOP;
      RETURN v_earliest;
    END $$;

    -- Earliest moments at which something is to be claimed.
    CREATE FUNCTION next_wake(p_orchestrators text[], p_activities text[],
      OUT o_now bigint, OUT o_instance_at bigint, OUT o_suspect_at bigint, OUT o_task_at bigint)
      LANGUAGE plpgsql STABLE ${PLANS} AS $$
    BEGIN
      o_now := now_ms();
      SELECT min(earliest_wake(f.name_key, false)), min(earliest_wake(f.name_key, true)) INTO o_instance_at, o_suspect_at
        FROM unnest(p_orchestrators) AS f (name_key);
      SELECT min(r.not_before) INTO o_task_at FROM unnest(p_activities) AS f (name_key) CROSS JOIN LATERAL (
        (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes < 2 AND t.name_key = f.name_key ORDER BY t.not_before LIMIT 1)
        UNION ALL
        (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes > 1 AND t.name_key = f.name_key ORDER BY t.not_before LIMIT 1)) r;
    END $$;

    -- Names of functions that something due waits for: from one name to the next by the index, what is due under each is not counted.
    CREATE FUNCTION read_waiting(OUT o_orchestrators text[], OUT o_activities text[]) LANGUAGE plpgsql STABLE ${PLANS} AS $$
    DECLARE
      v_now bigint := now_ms();
      v_name text := '';
      v_at bigint;
    BEGIN
      o_orchestrators := '{}'; o_activities := '{}';
      LOOP
        SELECT i.name_key INTO v_name FROM instances i
          WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key > v_name ORDER BY i.name_key LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF least(earliest_wake(v_name, false), earliest_wake(v_name, true)) <= v_now THEN o_orchestrators := o_orchestrators || v_name; END IF;
      END LOOP;
      v_name := '';
      LOOP
        v_name := least(
          (SELECT t.name_key FROM tasks t WHERE t.worker IS NULL AND t.crashes < 2 AND t.name_key > v_name ORDER BY t.name_key LIMIT 1),
          (SELECT t.name_key FROM tasks t WHERE t.worker IS NULL AND t.crashes > 1 AND t.name_key > v_name ORDER BY t.name_key LIMIT 1));
        EXIT WHEN v_name IS NULL;
        v_at := least(
          (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes < 2 AND t.name_key = v_name ORDER BY t.not_before LIMIT 1),
          (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes > 1 AND t.name_key = v_name ORDER BY t.not_before LIMIT 1));
        IF v_at <= v_now THEN o_activities := o_activities || v_name; END IF;
      END LOOP;
    END $$;
  `,
};
