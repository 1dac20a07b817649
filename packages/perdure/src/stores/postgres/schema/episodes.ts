import { CONSUMED, HISTORY } from "../wire/history-row.ts";
import { UPDATE } from "../wire/instance-row.ts";
import { columnsOf, eachRow, rowAt, rowCount } from "../wire/layout-sql.ts";

const history = columnsOf(HISTORY, "h");
const update = columnsOf(UPDATE, "u");
const consumed = columnsOf(CONSUMED, "c");
/** p: the position before the row. */
const updateHere = "p + 1";

/**
 * What episodes write: statements over all rows of one kind. The columns of each kind of row: wire/.
 *
 * Plans are made once and kept, perhaps while a table is empty. So no statement leaves the planner a choice that is right for ten rows and
 * very slow for a million: rows are found by "no = ANY", by their ctid, or by a subquery that gives one value, never by a join that could be
 * turned round (seen: 256 owned rows read for each of 64 updates). And no test implies the predicate of a partial index, which would then be
 * read from end to end instead (seen: all owned rows): hence "coalesce" in look-ups by number.
 * Updates come in order of no, so that width_bucket finds the place of a row's values by bisection.
 *
 * How a batch travels was measured (150 history rows of 210 bytes, one connection on loopback, PostgreSQL 18, 2 cores; CPU of server + client
 * per row): jsonb_to_recordset 6.8 + 1.6 µs, json_to_recordset 5.8 + 1.7, parallel text arrays 4.0 + 2.6, parallel arrays with all strings in
 * one bytea 3.5 + 1.4, one flat binary bigint[] with all texts in one bytea 3.0 + 1.2: this one.
 */
export const EPISODES = `
  CREATE FUNCTION raise_not_owned(p_nos bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'not owned' USING ERRCODE = 'PD002', DETAIL = json_build_object('nos', p_nos,
      'missing', EXISTS (SELECT FROM unnest(p_nos) n WHERE NOT EXISTS (SELECT FROM instances i WHERE i.no = n)));
  END $$;

  -- History rows (h) and rows of owned instances (u). An episode that leaves its row alone is a history row that goes in
  -- only where (no, owner, version) is as expected: a read is enough, since only the owner writes the row while the fence is held,
  -- and a place in a history is taken once.
  CREATE FUNCTION write_episodes(p_worker bigint, h bigint[], u bigint[], b bytea, p_not_started bigint[]) RETURNS void
    LANGUAGE plpgsql AS $$
  DECLARE
    v_done bigint;
    v_now bigint := now_ms();
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
      UPDATE instances i SET (version, generation, next_wake, updated_at, crashes, completed_at, owner, start_id, execution_id, status,
          custom_status, custom_status_z, input, input_z, output, output_z,
          orchestration_version, tags) = (
        SELECT ${update.version(updateHere)}, ${update.generation(updateHere)}, nullif(${update.nextWake(updateHere)}, -1), ${update.updatedAt(updateHere)}, 0, CASE ${update.hasEnded(updateHere)} WHEN 1 THEN greatest(v_now, ${update.updatedAt(updateHere)}) END, CASE ${update.hasEnded(updateHere)} WHEN 0 THEN i.owner END,
          CASE WHEN i.execution_id = ${update.executionId(updateHere)} THEN i.start_id ELSE coalesce(i.start_id, i.execution_id) END,
          ${update.executionId(updateHere)}, ${update.status(updateHere)}, ${update.customStatus(updateHere)},
          ${update.customStatusZ(updateHere)}, CASE ${update.hasInput(updateHere)} WHEN 1 THEN ${update.input(updateHere)} ELSE i.input END,
          CASE ${update.hasInput(updateHere)} WHEN 1 THEN ${update.inputZ(updateHere)} ELSE i.input_z END,
          ${update.output(updateHere)}, ${update.outputZ(updateHere)},
          CASE ${update.hasLabels(updateHere)} WHEN 1 THEN ${update.orchestrationVersion(updateHere)} ELSE i.orchestration_version END,
          CASE ${update.hasLabels(updateHere)} WHEN 1 THEN ${update.tags(updateHere)} ELSE i.tags END
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
`;
