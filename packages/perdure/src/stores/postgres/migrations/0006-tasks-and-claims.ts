import type { Migration } from "./migration.ts";

/** Shared tasks, leaving and claiming (ownership.md 4.4, 4.5 step 10, 4.7). All that skips locked rows comes last and never waits. */
export const tasksAndClaims: Migration = {
  version: 6,
  name: "tasks-and-claims",
  sql: `
    -- f: 4 numbers. Gives the positions, from 0, whose attempt was the one on record.
    CREATE FUNCTION finish_tasks(p_worker bigint, f bigint[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
    DECLARE
      v_tids tid[];
      v_gone tid[];
    BEGIN
      v_tids := ARRAY(
        SELECT (SELECT t.ctid FROM tasks t WHERE t.no = f[g] AND t.generation = f[g + 1] AND t.event_id = f[g + 2] AND coalesce(t.worker, 0) = p_worker
            AND t.attempts = f[g + 3])
        FROM generate_series(1, cardinality(f), 4) g ORDER BY g);
      WITH gone AS (DELETE FROM tasks t WHERE t.ctid = ANY (v_tids) AND coalesce(t.worker, 0) = p_worker RETURNING t.ctid AS tid)
        SELECT array_agg(tid) INTO v_gone FROM gone;
      RETURN ARRAY(SELECT p FROM generate_series(0, cardinality(v_tids) - 1) p WHERE v_tids[p + 1] = ANY (v_gone));
    END $$;

    -- t: 16 numbers. True when one is free for anybody.
    CREATE FUNCTION add_tasks(p_worker bigint, t bigint[], b bytea, p_not_started bigint[], p_now bigint) RETURNS boolean
      LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO tasks (no, generation, event_id, worker, attempts, not_before, crashes, created_at, instance_id, name, name_key,
          body, body_z, progress, progress_z)
        SELECT t[g], t[g + 1], t[g + 2], CASE t[g + 3] WHEN 1 THEN p_worker END, t[g + 3], t[g + 4], t[g + 5], p_now,
          text_at(b, t[g + 6], t[g + 7]), text_at(b, t[g + 8], t[g + 9]), text_at(b, t[g + 10], t[g + 11]), text_at(b, t[g + 12], t[g + 13]),
          packed_at(b, t[g + 12], t[g + 13]), text_at(b, t[g + 14], t[g + 15]), packed_at(b, t[g + 14], t[g + 15])
        FROM generate_series(1, cardinality(t), 16) g WHERE t[g] <> ALL (p_not_started);
      RETURN EXISTS (SELECT FROM generate_series(1, cardinality(t), 16) g WHERE t[g + 3] = 0 AND t[g] <> ALL (p_not_started));
    END $$;

    CREATE FUNCTION beat_tasks(p_worker bigint, t bigint[], b bytea) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      FOR g IN 1 .. cardinality(t) BY 5 LOOP -- seldom more than one
        UPDATE tasks k SET progress = text_at(b, t[g + 3], t[g + 4]), progress_z = packed_at(b, t[g + 3], t[g + 4])
          WHERE k.no = t[g] AND k.generation = t[g + 1] AND k.event_id = t[g + 2] AND coalesce(k.worker, 0) = p_worker;
      END LOOP;
    END $$;

    CREATE FUNCTION cancel_tasks(t bigint[], p_not_started bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM tasks k WHERE k.ctid = ANY (ARRAY(
        SELECT d.tid FROM generate_series(1, cardinality(t), 3) g CROSS JOIN LATERAL (
          SELECT x.ctid AS tid FROM tasks x WHERE x.no = t[g] AND t[g] <> ALL (p_not_started)
            AND ((t[g + 2] < 0 AND x.generation <= t[g + 1]) OR (x.generation = t[g + 1] AND x.event_id = t[g + 2]))
            FOR UPDATE SKIP LOCKED) d));
    END $$;

    -- l: 6 numbers, in order of no: no, version, how (0 to sleep, 1 as ready, 2 stopped), next wake (2: crashes from then on, -1 as before), reason (2). Nobody sleeps under a sender or over mail:
    -- the lock excludes senders, and the mail is read by a later statement, with a newer snapshot.
    CREATE FUNCTION leave_owner(p_worker bigint, l bigint[], b bytea, p_not_started bigint[], p_now bigint,
      OUT o_released bigint[], OUT o_stopped bigint[], OUT o_ready boolean) LANGUAGE plpgsql AS $$
    DECLARE
      v_nos bigint[];
      v_bad bigint[];
      v_locked bigint[];
    BEGIN
      v_nos := ARRAY(SELECT l[g] FROM generate_series(1, cardinality(l), 6) g ORDER BY g);
      v_bad := ARRAY(SELECT l[g] FROM generate_series(1, cardinality(l), 6) g WHERE l[g] <> ALL (p_not_started)
        AND (SELECT i.owner = p_worker AND i.version = l[g + 1] FROM instances i WHERE i.no = l[g]) IS NOT TRUE);
      IF cardinality(v_bad) > 0 THEN PERFORM raise_not_owned(v_bad); END IF;
      v_locked := ARRAY(SELECT i.no FROM instances i
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND l[width_bucket(i.no, v_nos) * 6 - 3] <> 1 FOR UPDATE SKIP LOCKED);
      v_locked := v_locked || ARRAY(SELECT i.no FROM instances i
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND l[width_bucket(i.no, v_nos) * 6 - 3] = 1 FOR NO KEY UPDATE SKIP LOCKED);
      WITH gone AS (
        UPDATE instances i SET owner = NULL, version = i.version + 1, (next_wake, wake_at, stopped, crashes, convicted_by) = (
            SELECT CASE l[p + 3] WHEN 2 THEN i.next_wake ELSE nullif(l[p + 4], -1) END,
              CASE l[p + 3] WHEN 2 THEN NULL WHEN 1 THEN p_now ELSE wake_for(nullif(l[p + 4], -1), false, p_now) END,
              CASE l[p + 3] WHEN 2 THEN text_at(b, l[p + 5], l[p + 6]) END,
              CASE WHEN l[p + 3] = 2 AND l[p + 4] >= 0 THEN l[p + 4] ELSE i.crashes END,
              CASE WHEN l[p + 3] = 2 THEN coalesce((text_at(b, l[p + 5], l[p + 6])::jsonb -> 'codeVersions')::text, i.convicted_by) ELSE i.convicted_by END
            FROM (SELECT (width_bucket(i.no, v_nos) - 1) * 6 AS p OFFSET 0) s)
          WHERE i.no = ANY (v_locked) AND coalesce(i.owner, 0) = p_worker AND CASE l[width_bucket(i.no, v_nos) * 6 - 3]
            WHEN 1 THEN true
            WHEN 0 THEN (SELECT true FROM inbox m WHERE m.no = i.no LIMIT 1) IS NULL
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
