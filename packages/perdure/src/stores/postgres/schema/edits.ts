import { HISTORY } from "../wire/history-row.ts";
import { BIRTH } from "../wire/instance-row.ts";
import { columnsOf, eachRow, valuesOf } from "../wire/layout-sql.ts";
import { CHECK_LAYOUT } from "./check-layout.ts";
import { PLANS } from "./plans.ts";

const history = columnsOf(HISTORY, "h");
const birth = valuesOf(BIRTH, "c");

const insertHistory = `INSERT INTO history (no, generation, first_seq, count, at, events, events_z)
      SELECT ${history.no("g")}, ${history.generation("g")}, ${history.firstSeq("g")}, ${history.count("g")}, now_ms(), ${history.events("g")}, ${history.eventsZ("g")}
      FROM ${eachRow(HISTORY, "h")} g`;

/** Rewind and fork: histories that are written as a whole, in rows (h) with their bytes (b). */
export const EDITS = `
  -- False: the row is not as it was seen, and nothing was done.
  CREATE FUNCTION reopen_instance(p_layout bigint, p_no bigint, p_generation bigint, p_version bigint, p_execution text, h bigint[], b bytea, p_note text) RETURNS boolean
    LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_slots text[];
  BEGIN
    ${CHECK_LAYOUT}
    PERFORM check_isolation();
    PERFORM 1 FROM instances WHERE no = p_no AND generation = p_generation AND version = p_version AND coalesce(completed_at, -1) >= 0 FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM note_run(p_no, p_note);
    UPDATE instances SET version = version + 1, generation = generation + 1,
        start_id = CASE WHEN execution_id = p_execution THEN start_id ELSE coalesce(start_id, execution_id) END, execution_id = p_execution,
        status = 'Running', output = NULL, output_z = NULL, completed_at = NULL, ended_as = NULL, stopped = NULL, crashes = 0,
        next_wake = 0, wake_at = now_ms(), updated_at = now_ms()
      WHERE no = p_no;
    WITH gone AS (DELETE FROM tasks WHERE no = p_no RETURNING slot)
      SELECT array_agg(slot) FILTER (WHERE slot IS NOT NULL) INTO v_slots FROM gone;
    PERFORM read_again(p_no);
    INSERT INTO outgrown (no, generation) VALUES (p_no, p_generation + 1) ON CONFLICT DO NOTHING;
    ${insertHistory};
    IF cardinality(v_slots) > 0 THEN PERFORM give_slots(v_slots, now_ms()); END IF;
    RETURN true;
  END $$;

  -- As start_instance with p_how "error". The history goes in where the instance is new: a start that finds its own one has written it before.
  CREATE FUNCTION start_with_history(p_layout bigint, c bigint[], h bigint[], b bytea, p_replaces text, p_note text, OUT o_outcome text, OUT o_status text, OUT o_execution text, OUT o_now bigint)
    LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    SELECT s.o_outcome, s.o_status, s.o_execution, s.o_now INTO o_outcome, o_status, o_execution, o_now FROM start_instance(p_layout, c, b, 'error', p_replaces, NULL) s;
    IF o_outcome = 'started' AND (SELECT true FROM instances i WHERE i.no = ${birth.no}) THEN
      o_status := 'Running';
      ${insertHistory};
      PERFORM note_run(${birth.no}, p_note);
    END IF;
  END $$;
`;
