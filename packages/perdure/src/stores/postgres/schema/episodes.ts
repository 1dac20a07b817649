import { CONSUMED, HISTORY } from "../wire/history-row.ts";
import { UPDATE } from "../wire/instance-row.ts";
import type { Payloads } from "../wire/layout-sql.ts";
import { columnsOf, eachRow, ONLY_ROW, rowAt, rowCount } from "../wire/layout-sql.ts";

const history = columnsOf(HISTORY, "h");
const update = columnsOf(UPDATE, "u");
const consumed = columnsOf(CONSUMED, "c");

/**
 * An episode that leaves its row alone is a history row that goes in only where (no, owner, version) is as expected: a read is enough, since only the owner
 * writes the row while the fence is held, and a place in a history is taken once.
 */
function insertHistory(payloads: Payloads, g: "g" | typeof ONLY_ROW): string {
  const row = columnsOf(HISTORY, "h", payloads);
  return `INSERT INTO history (no, generation, first_seq, count, at, events, events_z)
          SELECT ${row.no(g)}, ${row.generation(g)}, ${row.firstSeq(g)}, ${row.count(g)}, ${row.at(g)}, ${row.events(g)}, ${row.eventsZ(g)}
          ${g === ONLY_ROW ? "" : `FROM ${eachRow(HISTORY, "h")} g`}
          WHERE ${row.expectedVersion(g)} < 0 OR (SELECT i.owner = p_worker AND i.version = ${row.expectedVersion(g)} FROM instances i WHERE i.no = ${row.no(g)})`;
}

/** p: the position before the row. */
const updateHere = "p + 1";

/** `sets`: what the rows of a batch set besides what all set, as columns and values. */
function updateInstances(payloads: Payloads, u: typeof updateHere | typeof ONLY_ROW, sets: Readonly<Record<string, string>>): string {
  const row = columnsOf(UPDATE, "u", payloads);
  const columns = [
    "version",
    "generation",
    "next_wake",
    "updated_at",
    "crashes",
    "completed_at",
    "ended_as",
    "owner",
    "start_id",
    "execution_id",
    "status",
  ];
  const values = `${row.version(u)}, ${row.generation(u)}, nullif(${row.nextWake(u)}, -1), ${row.updatedAt(u)}, 0,
            CASE WHEN ${row.endedAs(u)} > 0 THEN greatest(v_now, ${row.updatedAt(u)}) END, nullif(${row.endedAs(u)}, 0), CASE ${row.endedAs(u)} WHEN 0 THEN i.owner END,
            CASE WHEN i.execution_id = ${row.executionId(u)} THEN i.start_id ELSE coalesce(i.start_id, i.execution_id) END, ${row.executionId(u)}, ${row.status(u)}`;
  const all = {
    custom_status: row.customStatus(u),
    custom_status_z: row.customStatusZ(u),
    output: row.output(u),
    output_z: row.outputZ(u),
    ...sets,
  };
  const rowValues = [values, ...Object.values(all)].join(", ");
  const [from, which, at] =
    u === ONLY_ROW
      ? [`ROW(${rowValues})`, `= ${row.no(u)}`, u]
      : [
          `(SELECT ${rowValues} FROM (SELECT (width_bucket(i.no, v_nos) - 1) * ${UPDATE.size} AS p OFFSET 0) s)`,
          "= ANY (v_nos)",
          rowAt(UPDATE, "width_bucket(i.no, v_nos)"),
        ];
  return `UPDATE instances i SET (${[...columns, ...Object.keys(all)].join(", ")}) = ${from}
        WHERE i.no ${which} AND coalesce(i.owner, 0) = p_worker AND i.version = ${row.expectedVersion(at)}`;
}

const kept = (flag: string, value: string, column: string) => `CASE ${flag} WHEN 1 THEN ${value} ELSE i.${column} END`;

const [hasInput, hasLabels] = [update.hasInput(updateHere), update.hasLabels(updateHere)];

/** Inputs, versions and tags: rows that continue as new set them. */
const WITH_INPUTS = {
  input: kept(hasInput, update.input(updateHere), "input"),
  input_z: kept(hasInput, update.inputZ(updateHere), "input_z"),
  orchestration_version: kept(hasLabels, update.orchestrationVersion(updateHere), "orchestration_version"),
  tags: kept(hasLabels, update.tags(updateHere), "tags"),
};

/**
 * What episodes write: statements over all rows of one kind. The columns of each kind of row: wire/.
 *
 * Plans are made once and kept, perhaps while a table is empty. So no statement leaves the planner a choice that is right for ten rows and
 * very slow for a million: rows are found by "no = ANY", by their ctid, or by a subquery that gives one value, never by a join that could be
 * turned round (seen: 256 owned rows read for each of 64 updates). And no test implies the predicate of a partial index, which would then be
 * read from end to end instead (seen: all owned rows): hence "coalesce" in look-ups by number.
 * Updates come in order of no, so that width_bucket finds the place of a row's values by bisection.
 *
 * Each statement sets up all its expressions whenever it runs, which is most of its work for a batch of one row. So what few batches have (strings that are
 * stored packed, new inputs) is in a statement of its own, and so is the only row of a batch.
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

  -- History rows (h) and rows of owned instances (u). p_packed: strings may be stored packed. p_inputs: rows may have a new input, version or tags.
  -- A boolean, as of other functions that have no answer: assigned it is called directly, PERFORM would run a query for it.
  CREATE FUNCTION write_episodes(p_worker bigint, h bigint[], u bigint[], b bytea, p_packed boolean, p_inputs boolean, p_not_started bigint[]) RETURNS boolean
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
      IF p_packed THEN
        ${insertHistory("maybePacked", "g")};
      ELSIF cardinality(h) > ${HISTORY.size} THEN
        ${insertHistory("asTheyAre", "g")};
      ELSE
        ${insertHistory("asTheyAre", ONLY_ROW)};
      END IF;
      GET DIAGNOSTICS v_done = ROW_COUNT;
      v_bad := v_done < ${rowCount(HISTORY, "h")};
    END IF;
    IF cardinality(u) > 0 THEN
      IF cardinality(u) > ${UPDATE.size} OR p_packed OR p_inputs THEN
        v_nos := ARRAY(SELECT ${update.no("g")} FROM ${eachRow(UPDATE, "u")} g ORDER BY g);
      END IF;
      IF p_packed OR p_inputs THEN
        ${updateInstances("maybePacked", updateHere, WITH_INPUTS)};
      ELSIF cardinality(u) > ${UPDATE.size} THEN
        ${updateInstances("asTheyAre", updateHere, {})};
      ELSE
        ${updateInstances("asTheyAre", ONLY_ROW, {})};
      END IF;
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
    RETURN true;
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
