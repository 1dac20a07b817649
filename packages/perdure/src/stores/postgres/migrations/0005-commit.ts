import { CONSUMED, HISTORY } from "../wire/history-row.ts";
import { BIRTH, ON_EXISTING, UPDATE } from "../wire/instance-row.ts";
import { columnsOf, eachRow, rowAt, rowCount } from "../wire/layout-sql.ts";
import type { Migration } from "./migration.ts";

const birth = columnsOf(BIRTH, "c");
const history = columnsOf(HISTORY, "h");
const update = columnsOf(UPDATE, "u");
const consumed = columnsOf(CONSUMED, "c");
/** p: the position before the row. */
const updateHere = "p + 1";

/**
 * The group commit (ownership.md 4.5): one call, and statements over all rows of one kind. The columns of each kind of row: wire/.
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
    -- p_only: of these instances, null: all. Gives the numbers that were born.
    CREATE FUNCTION insert_instances(p_worker bigint, c bigint[], b bytea, p_only bigint[]) RETURNS bigint[]
      LANGUAGE plpgsql AS $$
    DECLARE v_born bigint[];
    BEGIN
      WITH born AS (
        INSERT INTO instances (no, owner, wake_at, next_wake, created_at, updated_at, completed_at, start_at, generation, version,
          instance_id, name, name_key, execution_id, status, orchestration_version, tags, parent, custom_status, custom_status_z,
          input, input_z, output, output_z)
        SELECT ${birth.no("g")}, CASE ${birth.owned("g")} WHEN 1 THEN p_worker END, nullif(${birth.wakeAt("g")}, -1), nullif(${birth.nextWake("g")}, -1), ${birth.createdAt("g")}, ${birth.updatedAt("g")},
          nullif(${birth.completedAt("g")}, -1), nullif(${birth.startAt("g")}, -1), ${birth.generation("g")}, ${birth.version("g")}, ${birth.instanceId("g")}, ${birth.name("g")},
          ${birth.nameKey("g")}, ${birth.executionId("g")}, ${birth.status("g")},
          ${birth.orchestrationVersion("g")}, ${birth.tags("g")}, ${birth.parent("g")},
          ${birth.customStatus("g")}, ${birth.customStatusZ("g")}, ${birth.input("g")},
          ${birth.inputZ("g")}, ${birth.output("g")}, ${birth.outputZ("g")}
        FROM ${eachRow(BIRTH, "c")} g
        WHERE p_only IS NULL OR ${birth.no("g")} = ANY (p_only)
        ORDER BY ${birth.instanceId("g")} COLLATE "C", g
        ON CONFLICT (instance_id) DO NOTHING RETURNING no)
      SELECT coalesce(array_agg(no), '{}') INTO v_born FROM born;
      RETURN v_born;
    END $$;

    -- Births of one batch: p_late those that take the place of a run which ended in it. NOWAIT: whoever holds the old row may wait for us.
    CREATE FUNCTION create_instances(p_worker bigint, c bigint[], b bytea, p_late boolean) RETURNS bigint[]
      LANGUAGE plpgsql AS $$
    DECLARE
      v_nos bigint[] := ARRAY(SELECT ${birth.no("g")} FROM ${eachRow(BIRTH, "c")} g WHERE (${birth.onExisting("g")} = ${ON_EXISTING.replaceEnded}) = p_late);
      v_born bigint[];
      v_old bigint[];
    BEGIN
      IF cardinality(v_nos) = 0 THEN RETURN v_nos; END IF;
      v_born := insert_instances(p_worker, c, b, CASE WHEN cardinality(v_nos) < ${rowCount(BIRTH, "c")} THEN v_nos END);
      IF cardinality(v_born) = cardinality(v_nos) THEN RETURN v_born; END IF;
      v_old := ARRAY(SELECT i.no FROM instances i WHERE coalesce(i.completed_at, -1) >= 0 AND i.no <> ALL (v_nos) AND i.instance_id = ANY (
        ARRAY(SELECT ${birth.instanceId("g")} FROM ${eachRow(BIRTH, "c")} g
          WHERE ${birth.onExisting("g")} > ${ON_EXISTING.fail} AND ${birth.no("g")} = ANY (v_nos) AND ${birth.no("g")} <> ALL (v_born))));
      IF cardinality(v_old) = 0 THEN RETURN v_born; END IF;
      PERFORM no FROM instances WHERE no = ANY (v_old) ORDER BY no FOR UPDATE NOWAIT;
      PERFORM drop_instances(v_old);
      RETURN v_born || insert_instances(p_worker, c, b, ARRAY(SELECT ${birth.no("g")} FROM ${eachRow(BIRTH, "c")} g
        WHERE ${birth.onExisting("g")} > ${ON_EXISTING.fail} AND ${birth.no("g")} = ANY (v_nos) AND ${birth.no("g")} <> ALL (v_born)));
    END $$;

    -- History rows (h) and rows of owned instances (u). An episode that leaves its row alone is a history row that goes in
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
        h := ARRAY(SELECT h[g + o] FROM ${eachRow(HISTORY, "h")} g, generate_series(0, ${HISTORY.size - 1}) o
          WHERE ${history.no("g")} <> ALL (p_not_started) ORDER BY g, o);
      END IF;
      IF cardinality(h) > 0 THEN
        INSERT INTO history (no, generation, first_seq, count, at, events, events_z)
          SELECT ${history.no("g")}, ${history.generation("g")}, ${history.firstSeq("g")}, ${history.count("g")}, ${history.at("g")}, ${history.events("g")}, ${history.eventsZ("g")}
          FROM ${eachRow(HISTORY, "h")} g
          WHERE ${history.expectedVersion("g")} < 0 OR (SELECT i.owner = p_worker AND i.version = ${history.expectedVersion("g")} FROM instances i WHERE i.no = ${history.no("g")});
        GET DIAGNOSTICS v_done = ROW_COUNT;
        v_bad := v_done < ${rowCount(HISTORY, "h")};
      END IF;
      IF cardinality(u) > 0 THEN
        v_nos := ARRAY(SELECT ${update.no("g")} FROM ${eachRow(UPDATE, "u")} g ORDER BY g);
        UPDATE instances i SET (version, generation, next_wake, updated_at, crashes, completed_at, owner, execution_id, status,
            custom_status, custom_status_z, input, input_z, output, output_z) = (
          SELECT ${update.version(updateHere)}, ${update.generation(updateHere)}, nullif(${update.nextWake(updateHere)}, -1), ${update.updatedAt(updateHere)}, 0, nullif(${update.completedAt(updateHere)}, -1), CASE WHEN ${update.completedAt(updateHere)} < 0 THEN i.owner END,
            ${update.executionId(updateHere)}, ${update.status(updateHere)}, ${update.customStatus(updateHere)},
            ${update.customStatusZ(updateHere)}, CASE ${update.hasInput(updateHere)} WHEN 1 THEN ${update.input(updateHere)} ELSE i.input END,
            CASE ${update.hasInput(updateHere)} WHEN 1 THEN ${update.inputZ(updateHere)} ELSE i.input_z END,
            ${update.output(updateHere)}, ${update.outputZ(updateHere)}
          FROM (SELECT (width_bucket(i.no, v_nos) - 1) * ${UPDATE.size} AS p OFFSET 0) s)
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_worker AND i.version = ${update.expectedVersion(rowAt(UPDATE, "width_bucket(i.no, v_nos)"))};
        GET DIAGNOSTICS v_done = ROW_COUNT;
        v_bad := v_bad OR v_done < ${rowCount(UPDATE, "u")};
      END IF;
      IF v_bad THEN
        PERFORM raise_not_owned(ARRAY(
          SELECT ${history.no("g")} FROM ${eachRow(HISTORY, "h")} g WHERE ${history.expectedVersion("g")} >= 0
            AND NOT EXISTS (SELECT FROM instances i WHERE i.no = ${history.no("g")} AND coalesce(i.owner, 0) = p_worker AND i.version = ${history.expectedVersion("g")})
          UNION
          SELECT ${update.no("g")} FROM ${eachRow(UPDATE, "u")} g
            WHERE NOT EXISTS (SELECT FROM instances i WHERE i.no = ${update.no("g")} AND i.xmin = pg_current_xact_id()::xid)));
      END IF;
    END $$;

    CREATE FUNCTION consume_mail(c bigint[]) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE v_seqs bigint[];
    BEGIN
      WITH gone AS (
        DELETE FROM inbox b WHERE b.ctid = ANY (ARRAY(
          SELECT (SELECT x.ctid FROM inbox x WHERE x.no = ${consumed.no("g")} AND x.seq = ${consumed.seq("g")}) FROM ${eachRow(CONSUMED, "c")} g))
        RETURNING b.seq)
        SELECT coalesce(array_agg(seq), '{}') INTO v_seqs FROM gone;
      IF cardinality(v_seqs) < ${rowCount(CONSUMED, "c")} THEN
        PERFORM raise_not_owned(ARRAY(SELECT DISTINCT ${consumed.no("g")} FROM ${eachRow(CONSUMED, "c")} g WHERE ${consumed.seq("g")} <> ALL (v_seqs)));
      END IF;
    END $$;
  `,
};
