import { PLANS } from "./plans.ts";

/** What is repaired and deleted from time to time. */
export const SWEEP = `
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

  -- One worker at a time; for a second one there is nothing to do.
  CREATE FUNCTION sweep(p_slice bigint, p_past_slice bigint, p_markers_before bigint, OUT o_repaired bigint, OUT o_dropped bigint, OUT o_tombstones bigint, OUT o_past bigint, OUT o_more boolean)
    LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_now bigint := now_ms();
    v_nos bigint[];
    v_worker bigint;
    v_count bigint;
    v_slots text[];
  BEGIN
    o_repaired := 0; o_dropped := 0; o_tombstones := 0; o_past := 0; o_more := false;
    IF NOT pg_try_advisory_xact_lock((1348825701::bigint << 32) | 'instances'::regclass::oid::bigint) THEN RETURN; END IF;
    v_nos := ARRAY(SELECT i.no FROM instances i WHERE i.no IN (SELECT b.no FROM inbox b) AND i.owner IS NULL AND i.stopped IS NULL
      AND coalesce(i.completed_at, -1) < 0 AND (i.wake_at IS NULL OR i.wake_at > v_now) ORDER BY i.no FOR NO KEY UPDATE);
    UPDATE instances i SET wake_at = v_now WHERE i.no = ANY (v_nos) AND i.owner IS NULL AND i.stopped IS NULL AND coalesce(i.completed_at, -1) < 0
      AND (i.wake_at IS NULL OR i.wake_at > v_now) AND EXISTS (SELECT FROM inbox b WHERE b.no = i.no);
    GET DIAGNOSTICS o_repaired = ROW_COUNT;
    o_dropped := clear_inboxes();
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
    v_slots := idle_slots();
    IF cardinality(v_slots) > 0 AND give_slots(v_slots, v_now) THEN o_repaired := o_repaired + 1; END IF;
  END $$;
`;
