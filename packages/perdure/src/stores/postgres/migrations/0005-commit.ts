import type { Migration } from "./migration.ts";

/**
 * The group commit (ownership.md 4.5): one call, and statements over all rows of one kind. Strides and columns: wire/commit-wire.ts.
 *
 * Plans are made once and kept, perhaps while a table is empty. So no statement leaves the planner a choice that is right for ten rows and
 * ruinous for a million: rows are found by "no = ANY", by their ctid, or by a subquery that gives one value, never by a join that could be
 * turned round (seen: 256 owned rows read for each of 64 updates). And no test implies the predicate of a partial index, which would then be
 * read from end to end instead (seen: all owned rows): hence "coalesce" in look-ups by number.
 * Updates come in order of no, so that width_bucket finds the place of a row's values by bisection.
 *
 * How a batch travels was measured (150 history rows of 210 bytes, one connection on loopback, PostgreSQL 18, 2 cores; CPU of server + client
 * per row): jsonb_to_recordset 6.8 + 1.6 µs, json_to_recordset 5.8 + 1.7, parallel text arrays 4.0 + 2.6, parallel arrays with all texts in
 * one bytea 3.5 + 1.4, one flat binary bigint[] with all texts in one bytea 3.0 + 1.2: this one.
 */
export const commit: Migration = {
  version: 5,
  name: "commit",
  sql: `
    CREATE FUNCTION raise_not_owned(p_nos bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'not owned' USING ERRCODE = 'PD002', DETAIL = json_build_object('nos', p_nos,
        'missing', EXISTS (SELECT FROM unnest(p_nos) n WHERE NOT EXISTS (SELECT FROM instances i WHERE i.no = n)));
    END $$;

    CREATE FUNCTION drop_instances(p_nos bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM history WHERE no = ANY (p_nos);
      DELETE FROM inbox WHERE no = ANY (p_nos);
      DELETE FROM tasks WHERE no = ANY (p_nos);
      DELETE FROM instances WHERE no = ANY (p_nos);
    END $$;

    -- In order of id, and of position within an id: two batches with the same new ids wait for each other in one direction only.
    -- c: 33 numbers per instance; p_only: these numbers, null: all. Gives the numbers that were born.
    CREATE FUNCTION insert_instances(p_worker bigint, c bigint[], b bytea, p_only bigint[]) RETURNS bigint[]
      LANGUAGE plpgsql AS $$
    DECLARE v_born bigint[];
    BEGIN
      WITH born AS (
        INSERT INTO instances (no, owner, wake_at, next_wake, created_at, updated_at, completed_at, start_at, generation, version,
          instance_id, name, name_key, execution_id, status, orchestration_version, tags, parent, custom_status, custom_status_z,
          input, input_z, output, output_z)
        SELECT c[g], CASE c[g + 2] WHEN 1 THEN p_worker END, nullif(c[g + 3], -1), nullif(c[g + 4], -1), c[g + 5], c[g + 6],
          nullif(c[g + 7], -1), nullif(c[g + 8], -1), c[g + 9], c[g + 10], text_at(b, c[g + 11], c[g + 12]), text_at(b, c[g + 13], c[g + 14]),
          text_at(b, c[g + 15], c[g + 16]), text_at(b, c[g + 17], c[g + 18]), text_at(b, c[g + 19], c[g + 20]),
          text_at(b, c[g + 21], c[g + 22]), text_at(b, c[g + 23], c[g + 24]), text_at(b, c[g + 25], c[g + 26]),
          text_at(b, c[g + 27], c[g + 28]), packed_at(b, c[g + 27], c[g + 28]), text_at(b, c[g + 29], c[g + 30]),
          packed_at(b, c[g + 29], c[g + 30]), text_at(b, c[g + 31], c[g + 32]), packed_at(b, c[g + 31], c[g + 32])
        FROM generate_series(1, cardinality(c), 33) g
        WHERE p_only IS NULL OR c[g] = ANY (p_only)
        ORDER BY text_at(b, c[g + 11], c[g + 12]) COLLATE "C", g
        ON CONFLICT (instance_id) DO NOTHING RETURNING no)
      SELECT coalesce(array_agg(no), '{}') INTO v_born FROM born;
      RETURN v_born;
    END $$;

    -- Births of one batch: p_late those that take the place of a run which ended in it. NOWAIT: whoever holds the old row may wait for us.
    CREATE FUNCTION create_instances(p_worker bigint, c bigint[], b bytea, p_late boolean) RETURNS bigint[]
      LANGUAGE plpgsql AS $$
    DECLARE
      v_nos bigint[] := ARRAY(SELECT c[g] FROM generate_series(1, cardinality(c), 33) g WHERE (c[g + 1] = 2) = p_late);
      v_born bigint[];
      v_old bigint[];
    BEGIN
      IF cardinality(v_nos) = 0 THEN RETURN v_nos; END IF;
      v_born := insert_instances(p_worker, c, b, CASE WHEN cardinality(v_nos) < cardinality(c) / 33 THEN v_nos END);
      IF cardinality(v_born) = cardinality(v_nos) THEN RETURN v_born; END IF;
      v_old := ARRAY(SELECT i.no FROM instances i WHERE coalesce(i.completed_at, -1) >= 0 AND i.no <> ALL (v_nos) AND i.instance_id = ANY (
        ARRAY(SELECT text_at(b, c[g + 11], c[g + 12]) FROM generate_series(1, cardinality(c), 33) g
          WHERE c[g + 1] > 0 AND c[g] = ANY (v_nos) AND c[g] <> ALL (v_born))));
      IF cardinality(v_old) = 0 THEN RETURN v_born; END IF;
      PERFORM no FROM instances WHERE no = ANY (v_old) ORDER BY no FOR UPDATE NOWAIT;
      PERFORM drop_instances(v_old);
      RETURN v_born || insert_instances(p_worker, c, b, ARRAY(SELECT c[g] FROM generate_series(1, cardinality(c), 33) g
        WHERE c[g + 1] > 0 AND c[g] = ANY (v_nos) AND c[g] <> ALL (v_born)));
    END $$;

    -- History rows (h: 8 numbers) and rows of owned instances (u: 18). An episode that leaves its row alone is a history row that goes in
    -- only where (no, owner, version) is as expected: a read is enough, since nobody but the owner writes the row while the fence is held,
    -- and a place in a history is taken once.
    CREATE FUNCTION write_episodes(p_worker bigint, h bigint[], u bigint[], b bytea, p_not_started bigint[]) RETURNS void
      LANGUAGE plpgsql AS $$
    DECLARE
      v_done bigint;
      v_nos bigint[];
      v_bad boolean := false;
    BEGIN
      IF cardinality(p_not_started) > 0 THEN
        h := ARRAY(SELECT h[g + o] FROM generate_series(1, cardinality(h), 8) g, generate_series(0, 7) o
          WHERE h[g] <> ALL (p_not_started) ORDER BY g, o);
      END IF;
      IF cardinality(h) > 0 THEN
        INSERT INTO history (no, generation, first_seq, count, at, events, events_z)
          SELECT h[g], h[g + 2], h[g + 3], h[g + 4], h[g + 5], text_at(b, h[g + 6], h[g + 7]), packed_at(b, h[g + 6], h[g + 7])
          FROM generate_series(1, cardinality(h), 8) g
          WHERE h[g + 1] < 0 OR (SELECT i.owner = p_worker AND i.version = h[g + 1] FROM instances i WHERE i.no = h[g]);
        GET DIAGNOSTICS v_done = ROW_COUNT;
        v_bad := v_done < cardinality(h) / 8;
      END IF;
      IF cardinality(u) > 0 THEN
        v_nos := ARRAY(SELECT u[g] FROM generate_series(1, cardinality(u), 18) g ORDER BY g);
        UPDATE instances i SET (version, generation, next_wake, updated_at, crashes, completed_at, owner, execution_id, status,
            custom_status, custom_status_z, input, input_z, output, output_z) = (
          SELECT u[p + 3], u[p + 4], nullif(u[p + 5], -1), u[p + 6], 0, nullif(u[p + 7], -1), CASE WHEN u[p + 7] < 0 THEN i.owner END,
            text_at(b, u[p + 9], u[p + 10]), text_at(b, u[p + 11], u[p + 12]), text_at(b, u[p + 13], u[p + 14]),
            packed_at(b, u[p + 13], u[p + 14]), CASE u[p + 8] WHEN 1 THEN text_at(b, u[p + 15], u[p + 16]) ELSE i.input END,
            CASE u[p + 8] WHEN 1 THEN packed_at(b, u[p + 15], u[p + 16]) ELSE i.input_z END,
            text_at(b, u[p + 17], u[p + 18]), packed_at(b, u[p + 17], u[p + 18])
          FROM (SELECT (width_bucket(i.no, v_nos) - 1) * 18 AS p OFFSET 0) s)
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND i.version = u[width_bucket(i.no, v_nos) * 18 - 16];
        GET DIAGNOSTICS v_done = ROW_COUNT;
        v_bad := v_bad OR v_done < cardinality(u) / 18;
      END IF;
      IF v_bad THEN
        PERFORM raise_not_owned(ARRAY(
          SELECT h[g] FROM generate_series(1, cardinality(h), 8) g WHERE h[g + 1] >= 0
            AND NOT EXISTS (SELECT FROM instances i WHERE i.no = h[g] AND coalesce(i.owner, 0) = p_worker AND i.version = h[g + 1])
          UNION
          SELECT u[g] FROM generate_series(1, cardinality(u), 18) g
            WHERE NOT EXISTS (SELECT FROM instances i WHERE i.no = u[g] AND i.xmin = pg_current_xact_id()::xid)));
      END IF;
    END $$;

    CREATE FUNCTION consume_mail(c bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE v_seqs bigint[];
    BEGIN
      WITH gone AS (
        DELETE FROM inbox b WHERE b.ctid = ANY (ARRAY(
          SELECT (SELECT x.ctid FROM inbox x WHERE x.no = c[g] AND x.seq = c[g + 1]) FROM generate_series(1, cardinality(c), 2) g))
        RETURNING b.seq)
        SELECT coalesce(array_agg(seq), '{}') INTO v_seqs FROM gone;
      IF cardinality(v_seqs) < cardinality(c) / 2 THEN
        PERFORM raise_not_owned(ARRAY(SELECT DISTINCT c[g] FROM generate_series(1, cardinality(c), 2) g WHERE c[g + 1] <> ALL (v_seqs)));
      END IF;
    END $$;
  `,
};
