import { PLANS } from "./plans.ts";

/** How instances that have ended are deleted, with all below them that have ended if that is asked for. */
export const PURGE = `
  -- p_nos with what is below them (stores/purge-tree.ts), locked; what others hold is left alone. p_note: JSON of an AuditNote. o_whole false: a part from the bottom.
  CREATE FUNCTION purge_tree(p_nos bigint[], p_recursive boolean, p_most bigint, p_note text, OUT o_deleted bigint, OUT o_whole boolean) LANGUAGE plpgsql AS $$
  DECLARE
    v_most bigint := greatest(p_most, cardinality(p_nos));
    v_top bigint[] := p_nos;
    v_all bigint[];
    v_level bigint[];
    v_nos bigint[];
    v_slots text[];
  BEGIN
    o_whole := true;
    LOOP
      v_all := v_top;
      v_level := v_top;
      WHILE p_recursive AND cardinality(v_level) > 0 AND cardinality(v_all) <= v_most LOOP
        v_level := ARRAY(SELECT i.no FROM instances i WHERE i.parent_no = ANY (v_level) AND coalesce(i.completed_at, -1) >= 0 AND NOT accepts_start(i.no) LIMIT v_most + 1);
        v_all := v_all || v_level;
      END LOOP;
      EXIT WHEN cardinality(v_all) <= v_most;
      v_top := v_level[1:greatest(1, v_most / 2)];
      o_whole := false;
    END LOOP;
    v_nos := ARRAY(SELECT no FROM instances WHERE no = ANY (v_all) AND coalesce(completed_at, -1) >= 0 FOR UPDATE SKIP LOCKED);
    v_nos := ARRAY(SELECT n FROM unnest(v_nos) n WHERE NOT accepts_start(n)); -- with a snapshot after the lock
    PERFORM note_runs(v_nos, 'purge', p_note::json ->> 'by', p_note::json ->> 'reason', NULL);
    v_slots := drop_instances(v_nos);
    IF cardinality(v_slots) > 0 THEN PERFORM give_slots(v_slots, now_ms()); END IF;
    o_deleted := cardinality(v_nos);
  END $$;

  CREATE FUNCTION purge_one(p_id text, p_recursive boolean, p_most bigint, p_note text, OUT o_deleted bigint, OUT o_complete boolean) LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE v_no bigint;
  BEGIN
    PERFORM check_isolation();
    SELECT no INTO v_no FROM instances WHERE instance_id = p_id AND coalesce(completed_at, -1) >= 0 FOR UPDATE;
    IF v_no IS NULL OR accepts_start(v_no) THEN o_deleted := 0; o_complete := true; RETURN; END IF;
    SELECT * INTO o_deleted, o_complete FROM purge_tree(ARRAY[v_no], p_recursive, p_most, p_note);
  END $$;

  CREATE FUNCTION purge_these(p_nos bigint[], p_recursive boolean, p_most bigint, p_note text, OUT o_deleted bigint, OUT o_complete boolean) LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    PERFORM check_isolation();
    SELECT * INTO o_deleted, o_complete FROM purge_tree(
      ARRAY(SELECT no FROM instances WHERE no = ANY (p_nos) AND coalesce(completed_at, -1) >= 0 AND NOT accepts_start(no)), p_recursive, p_most, p_note);
  END $$;

  -- Finished ones only, the oldest end first. Null: no bound.
  CREATE FUNCTION purge_range(p_completed_from bigint, p_completed_before bigint, p_from bigint, p_to bigint, p_statuses text[], p_only text[], p_except text[],
    p_keep_under_live boolean, p_limit bigint, p_recursive boolean, p_most bigint, p_note text,
    OUT o_deleted bigint, OUT o_complete boolean, OUT o_up_to bigint) LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_found bigint[];
    v_whole boolean;
  BEGIN
    PERFORM check_isolation();
    v_found := ARRAY(SELECT i.no FROM instances i WHERE i.completed_at >= coalesce(p_completed_from, 0)
      AND (p_completed_before IS NULL OR i.completed_at < p_completed_before) AND (p_from IS NULL OR i.created_at >= p_from)
      AND (p_to IS NULL OR i.created_at <= p_to) AND (cardinality(p_statuses) = 0 OR i.status = ANY (p_statuses))
      AND (p_only IS NULL OR i.name_key = ANY (p_only)) AND (p_except IS NULL OR i.name_key <> ALL (p_except))
      AND (NOT p_keep_under_live OR i.parent_no IS NULL
        OR (SELECT coalesce(p.completed_at, -1) >= 0 FROM instances p WHERE p.no = i.parent_no) IS NOT FALSE)
      AND NOT accepts_start(i.no)
      ORDER BY i.completed_at LIMIT p_limit + 1);
    SELECT * INTO o_deleted, v_whole FROM purge_tree(v_found[1:p_limit], p_recursive, p_most, p_note);
    o_complete := v_whole AND cardinality(v_found) <= p_limit;
    IF v_whole AND cardinality(v_found) > p_limit THEN
      o_up_to := (SELECT i.completed_at FROM instances i WHERE i.no = v_found[p_limit + 1]);
    END IF;
  END $$;
`;
