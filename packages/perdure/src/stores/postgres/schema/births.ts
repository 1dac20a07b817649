import { BIRTH, ON_EXISTING } from "../wire/instance-row.ts";
import type { Payloads } from "../wire/layout-sql.ts";
import { columnsOf, eachRow, ONLY_ROW, rowCount } from "../wire/layout-sql.ts";

const birth = columnsOf(BIRTH, "c");

/** Why there are several: episodes.ts. */
function insertInstances(payloads: Payloads, g: "g" | typeof ONLY_ROW): string {
  const row = columnsOf(BIRTH, "c", payloads);
  const rows = `FROM ${eachRow(BIRTH, "c")} g
        WHERE p_only IS NULL OR ${row.no(g)} = ANY (p_only)
        ORDER BY ${row.instanceId(g)} COLLATE "C", g`;
  return `INSERT INTO instances (no, owner, wake_at, next_wake, created_at, updated_at, completed_at, ended_as, parent_no, start_at, generation, version,
          instance_id, name, name_key, execution_id, start_id, status, orchestration_version, tags, parent, custom_status, custom_status_z,
          input, input_z, output, output_z)
        SELECT ${row.no(g)}, CASE ${row.owned(g)} WHEN 1 THEN p_worker END, nullif(${row.wakeAt(g)}, -1), nullif(${row.nextWake(g)}, -1), ${row.createdAt(g)}, ${row.updatedAt(g)},
          CASE WHEN ${row.endedAs(g)} > 0 THEN greatest(v_now, ${row.updatedAt(g)}) END, nullif(${row.endedAs(g)}, 0), nullif(${row.parentNo(g)}, -1), nullif(${row.startAt(g)}, -1), ${row.generation(g)}, ${row.version(g)}, ${row.instanceId(g)}, ${row.name(g)},
          ${row.nameKey(g)}, ${row.executionId(g)}, ${row.startId(g)}, ${row.status(g)},
          ${row.orchestrationVersion(g)}, ${row.tags(g)}, ${row.parent(g)},
          ${row.customStatus(g)}, ${row.customStatusZ(g)}, ${row.input(g)},
          ${row.inputZ(g)}, ${row.output(g)}, ${row.outputZ(g)}
        ${g === ONLY_ROW ? "" : rows}
        ON CONFLICT (instance_id) DO NOTHING RETURNING no`;
}

/** How instances are created in a batch or by a client, and deleted. */
export const BIRTHS = `
  -- Gives the slots that their tasks held.
  CREATE FUNCTION drop_instances(p_nos bigint[]) RETURNS text[] LANGUAGE plpgsql AS $$
  DECLARE
    v_slots text[];
  BEGIN
    DELETE FROM history WHERE no = ANY (p_nos);
    DELETE FROM inbox WHERE no = ANY (p_nos);
    DELETE FROM unread WHERE no = ANY (p_nos);
    WITH gone AS (DELETE FROM tasks WHERE no = ANY (p_nos) RETURNING slot)
      SELECT array_agg(slot) FILTER (WHERE slot IS NOT NULL) INTO v_slots FROM gone;
    DELETE FROM instances WHERE no = ANY (p_nos);
    RETURN v_slots;
  END $$;

  -- What lies behind the message that asked for this run was sent to it, and is its mail. Answers are for one generation of one run. Of a run that was not asked
  -- for there, the mail begins with the first start that the run before it had accepted: that takes the new one's place. False: there is none.
  CREATE FUNCTION inherit_mail(p_from bigint, p_to bigint, p_execution text) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    v_first bigint := coalesce((SELECT m.seq + 1 FROM inbox m WHERE m.no = p_from AND m.message_id = 'replace:' || p_execution),
      (SELECT min(m.seq) FROM inbox m WHERE m.no = p_from AND m.kind = 'replace'));
  BEGIN
    IF v_first IS NULL THEN RETURN false; END IF;
    UPDATE inbox m SET no = p_to, worker = NULL WHERE m.no = p_from AND m.seq >= v_first AND m.generation IS NULL;
    RETURN FOUND;
  END $$;

  -- In order of id, and of position within an id: two batches with the same new ids wait for each other in one direction only.
  -- p_packed: strings may be stored packed. p_only: of these instances, null: all. Gives the numbers that were born.
  CREATE FUNCTION insert_instances(p_worker bigint, c bigint[], b bytea, p_packed boolean, p_only bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql AS $$
  DECLARE
    v_born bigint[];
    v_no bigint;
    v_now bigint := now_ms();
  BEGIN
    IF p_packed THEN
      WITH born AS (${insertInstances("maybePacked", "g")}) SELECT coalesce(array_agg(no), '{}') INTO v_born FROM born;
    ELSIF p_only IS NOT NULL OR cardinality(c) > ${BIRTH.size} THEN
      WITH born AS (${insertInstances("asTheyAre", "g")}) SELECT coalesce(array_agg(no), '{}') INTO v_born FROM born;
    ELSE
      ${insertInstances("asTheyAre", ONLY_ROW)} INTO v_no;
      v_born := array_remove(ARRAY[v_no], NULL);
    END IF;
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
  CREATE FUNCTION create_instances(p_worker bigint, c bigint[], b bytea, p_packed boolean, p_late boolean) RETURNS bigint[]
    LANGUAGE plpgsql AS $$
  DECLARE
    v_nos bigint[] := ARRAY(SELECT ${birth.no("g")} FROM ${eachRow(BIRTH, "c")} g WHERE (${birth.onExisting("g")} = ${ON_EXISTING.replaceEnded}) = p_late);
    v_born bigint[];
    v_old bigint[];
    v_heirs bigint[] := '{}';
    v_at bigint;
  BEGIN
    IF cardinality(v_nos) = 0 THEN RETURN v_nos; END IF;
    v_born := insert_instances(p_worker, c, b, p_packed, CASE WHEN cardinality(v_nos) < ${rowCount(BIRTH, "c")} THEN v_nos END);
    IF cardinality(v_born) = cardinality(v_nos) THEN RETURN v_born; END IF;
    v_old := ARRAY(SELECT i.no FROM instances i WHERE coalesce(i.completed_at, -1) >= 0 AND i.no <> ALL (v_nos) AND i.instance_id = ANY (
      ARRAY(SELECT ${birth.instanceId("g")} FROM ${eachRow(BIRTH, "c")} g
        WHERE ${birth.onExisting("g")} > ${ON_EXISTING.fail} AND ${birth.no("g")} = ANY (v_nos) AND ${birth.no("g")} <> ALL (v_born))));
    IF cardinality(v_old) = 0 THEN RETURN v_born; END IF;
    PERFORM no FROM instances WHERE no = ANY (v_old) ORDER BY no FOR UPDATE NOWAIT;
    PERFORM note_runs(v_old, 'replace', NULL, NULL, NULL);
    FOR v_at IN SELECT g FROM ${eachRow(BIRTH, "c")} g WHERE ${birth.onExisting("g")} > ${ON_EXISTING.fail} AND ${birth.no("g")} = ANY (v_nos)
        AND ${birth.no("g")} <> ALL (v_born) LOOP
      IF inherit_mail((SELECT i.no FROM instances i WHERE i.instance_id = ${birth.instanceId("v_at")} AND i.no = ANY (v_old)), ${birth.no("v_at")}, ${birth.executionId("v_at")}) THEN
        v_heirs := v_heirs || ${birth.no("v_at")};
      END IF;
    END LOOP;
    PERFORM drop_instances(v_old); -- slots that it held are left to the sweep: this transaction, perhaps a caller's own, is not to hold their lock
    v_born := v_born || insert_instances(p_worker, c, b, p_packed, ARRAY(SELECT ${birth.no("g")} FROM ${eachRow(BIRTH, "c")} g
      WHERE ${birth.onExisting("g")} > ${ON_EXISTING.fail} AND ${birth.no("g")} = ANY (v_nos) AND ${birth.no("g")} <> ALL (v_born)));
    IF cardinality(v_heirs) > 0 THEN UPDATE instances i SET wake_at = least(i.wake_at, now_ms()) WHERE i.no = ANY (v_heirs) AND i.owner IS NULL; END IF;
    RETURN v_born;
  END $$;
`;
