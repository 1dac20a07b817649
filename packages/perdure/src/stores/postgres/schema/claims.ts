import { CLAIMED, CLAIMED_TASK, placesOf } from "../wire/answers.ts";
import { waitingUnder } from "./version-keys.ts";

/** How a worker claims instances and tasks. Both skip locked rows, come last in the commit, and never wait. */
export const CLAIMS = `
  -- Suspects that are due, those with the fewest crashes for which there is room (p_rooms: from 2 crashes on, the last for all above), soonest
  -- first: from one number of crashes to the next by the index.
  CREATE FUNCTION lock_suspects(p_names text[], p_versions text[], p_rooms bigint[], p_limit bigint, p_now bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
  DECLARE
    v_crashes integer := 1;
    v_room bigint;
    v_nos bigint[];
  BEGIN
    LOOP
      SELECT min(r.crashes) INTO v_crashes FROM unnest(p_names, p_versions) AS f (name_key, version_key) CROSS JOIN LATERAL (
        SELECT i.crashes FROM instances i
          WHERE ${waitingUnder("f.name_key", "f.version_key")} AND i.crashes > v_crashes ORDER BY i.crashes LIMIT 1) r;
      IF v_crashes IS NULL THEN RETURN '{}'; END IF;
      v_room := least(p_limit, p_rooms[least(v_crashes - 1, cardinality(p_rooms))]);
      CONTINUE WHEN v_room <= 0;
      v_nos := ARRAY(
        SELECT r.no FROM unnest(p_names, p_versions) AS f (name_key, version_key) CROSS JOIN LATERAL (
          SELECT i.no, i.wake_at FROM instances i WHERE ${waitingUnder("f.name_key", "f.version_key")}
            AND i.crashes = v_crashes AND i.wake_at <= p_now ORDER BY i.wake_at LIMIT v_room FOR NO KEY UPDATE SKIP LOCKED) r
        ORDER BY r.wake_at, r.no LIMIT v_room);
      IF cardinality(v_nos) > 0 THEN RETURN v_nos; END IF;
    END LOOP;
  END $$;

  -- One range of the ready index per name and version: with = ANY everything that is due would be sorted. p_taken: of each name, as a JSON array; null, or
  -- an empty array: any. Gives rows of CLAIMED.
  CREATE FUNCTION claim_instances(p_worker bigint, p_functions text[], p_taken text[], p_limit bigint, p_rooms bigint[], p_now bigint,
    OUT o_claimed bigint[], OUT o_suspect boolean) LANGUAGE plpgsql AS $$
  DECLARE
    v_nos bigint[] := '{}';
    v_names text[];
    v_versions text[];
  BEGIN
    SELECT array_agg(k.name_key), array_agg(k.version_key) INTO v_names, v_versions FROM waiting_keys(p_functions, p_taken) k;
    IF cardinality(p_rooms) > 0 THEN v_nos := lock_suspects(v_names, v_versions, p_rooms, p_limit, p_now); END IF;
    o_suspect := cardinality(v_nos) > 0;
    p_limit := p_limit - cardinality(v_nos);
    v_nos := v_nos || ARRAY(
      SELECT r.no FROM unnest(v_names, v_versions) AS f (name_key, version_key) CROSS JOIN (VALUES (0), (1)) AS c (crashes) CROSS JOIN LATERAL (
        SELECT i.no, i.wake_at FROM instances i
          WHERE ${waitingUnder("f.name_key", "f.version_key")} AND i.crashes = c.crashes AND i.wake_at <= p_now
          ORDER BY i.wake_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED) r
      ORDER BY r.wake_at, r.no LIMIT p_limit);
    WITH taken AS (
      UPDATE instances i SET owner = p_worker, wake_at = NULL, next_wake = 0, version = i.version + 1
        WHERE i.no = ANY (v_nos) AND i.owner IS NULL RETURNING i.no, i.version)
    SELECT array_agg(p.value ORDER BY array_position(v_nos, t.no), p.place) INTO o_claimed
      FROM taken t CROSS JOIN LATERAL (VALUES ${placesOf(CLAIMED, "t")}) AS p (place, value);
  END $$;

  -- The attempt is on record before it starts. p_rooms: as for instances. p_limits: for each name, at most so many.
  -- Gives rows of CLAIMED_TASK.
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
      FROM taken t CROSS JOIN LATERAL (VALUES ${placesOf(CLAIMED_TASK, "t")}) AS p (place, value);
    RETURN v_claimed;
  END $$;
`;
