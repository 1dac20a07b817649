import { BIRTH, ON_EXISTING } from "../wire/instance-row.ts";
import { columnsOf, eachRow, rowCount } from "../wire/layout-sql.ts";

const birth = columnsOf(BIRTH, "c");

/** How instances are created in a batch or by a client, and deleted. */
export const BIRTHS = `
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
  DECLARE
    v_born bigint[];
    v_now bigint := now_ms();
  BEGIN
    WITH born AS (
      INSERT INTO instances (no, owner, wake_at, next_wake, created_at, updated_at, completed_at, start_at, generation, version,
        instance_id, name, name_key, execution_id, start_id, status, orchestration_version, tags, parent, custom_status, custom_status_z,
        input, input_z, output, output_z)
      SELECT ${birth.no("g")}, CASE ${birth.owned("g")} WHEN 1 THEN p_worker END, nullif(${birth.wakeAt("g")}, -1), nullif(${birth.nextWake("g")}, -1), ${birth.createdAt("g")}, ${birth.updatedAt("g")},
        CASE ${birth.hasEnded("g")} WHEN 1 THEN greatest(v_now, ${birth.updatedAt("g")}) END, nullif(${birth.startAt("g")}, -1), ${birth.generation("g")}, ${birth.version("g")}, ${birth.instanceId("g")}, ${birth.name("g")},
        ${birth.nameKey("g")}, ${birth.executionId("g")}, ${birth.startId("g")}, ${birth.status("g")},
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

  -- Births of one batch without the targets of its messages that are there; those that are not get a number.
  CREATE FUNCTION with_targets(c bigint[], b bytea, p_now bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
  DECLARE
    v_absent bigint[] := ARRAY(SELECT g FROM ${eachRow(BIRTH, "c")} g WHERE ${birth.onExisting("g")} = ${ON_EXISTING.target}
      AND (SELECT i.no FROM instances i WHERE i.instance_id = ${birth.instanceId("g")}) IS NULL);
    v_no bigint;
    v_at bigint;
  BEGIN
    IF cardinality(v_absent) > 0 THEN
      v_no := reserve_numbers(cardinality(v_absent));
      FOREACH v_at IN ARRAY v_absent LOOP
        ${birth.no("v_at")} := v_no;
        ${birth.createdAt("v_at")} := p_now;
        ${birth.updatedAt("v_at")} := p_now;
        v_no := v_no + 1;
      END LOOP;
    END IF;
    RETURN ARRAY(SELECT c[g + o] FROM ${eachRow(BIRTH, "c")} g, generate_series(0, ${BIRTH.size - 1}) o
      WHERE ${birth.onExisting("g")} <> ${ON_EXISTING.target} OR g = ANY (v_absent) ORDER BY g, o);
  END $$;

  -- Births of one batch: p_late those that take the place of a run which ended in it. NOWAIT: the transaction that holds the old row may wait for this one.
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
`;
