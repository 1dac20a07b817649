import { BIRTH } from "../wire/instance-row.ts";
import { valuesOf } from "../wire/layout-sql.ts";
import { MESSAGE } from "../wire/message-row.ts";
import { CHECK_LAYOUT } from "./check-layout.ts";
import { PLANS } from "./plans.ts";

const birth = valuesOf(BIRTH, "c");
const message = valuesOf(MESSAGE, "m");

/** What clients do: each is one call. */
export const CLIENTS = `
  -- c: one row of insert_instances, whose times are set here. p_how: error, replace or attach. p_replaces: the start id of
  -- the run that may be replaced, or null. p_note: JSON of an AuditNote, or null. A live instance that is to be replaced is answered as "live": the message for its owner is a delivery of its own.
  -- A run that ended with a start in its inbox is answered as "accepted": that start comes first. It comes with p_how "accepted": only in place of the run that accepted it, never by itself.
  CREATE FUNCTION start_instance(p_layout bigint, c bigint[], b bytea, p_how text, p_replaces text, p_note text, OUT o_outcome text, OUT o_status text, OUT o_execution text, OUT o_now bigint)
    LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_old record;
    v_execution text := ${birth.executionId};
    v_id text := ${birth.instanceId};
    v_note text := p_note;
    v_free boolean := p_how <> 'accepted';
  BEGIN
    ${CHECK_LAYOUT}
    PERFORM check_isolation();
    o_now := now_ms();
    ${birth.wakeAt} := greatest(nullif(${birth.startAt}, -1), o_now);
    ${birth.nextWake} := ${birth.wakeAt};
    ${birth.createdAt} := o_now;
    ${birth.updatedAt} := o_now;
    LOOP
      IF v_free AND cardinality(insert_instances(NULL, c, b, true, NULL)) = 1 THEN
        o_outcome := 'started'; o_status := 'Pending'; o_execution := v_execution;
        IF v_note IS NOT NULL THEN PERFORM note_run(${birth.no}, v_note); END IF;
        RETURN;
      END IF;
      SELECT no, status, execution_id, start_id, completed_at INTO v_old FROM instances WHERE instance_id = v_id;
      IF NOT FOUND THEN
        CONTINUE WHEN v_free; -- purged in between
        o_outcome := 'inTheWay'; RETURN;
      END IF;
      o_status := v_old.status;
      o_execution := v_old.execution_id;
      IF coalesce(v_old.start_id, v_old.execution_id) = v_execution THEN o_outcome := 'started'; RETURN; END IF;
      IF v_free AND v_old.completed_at IS NOT NULL AND accepts_start(v_old.no) THEN o_outcome := 'accepted'; RETURN; END IF;
      IF p_how = 'attach' THEN o_outcome := 'existing'; RETURN; END IF;
      IF v_old.completed_at IS NULL AND p_how <> 'replace' THEN o_outcome := 'conflict'; RETURN; END IF;
      IF coalesce(v_old.start_id, v_old.execution_id) IS DISTINCT FROM p_replaces THEN
        o_outcome := 'inTheWay'; o_execution := coalesce(v_old.start_id, v_old.execution_id);
        RETURN;
      END IF;
      IF v_old.completed_at IS NULL THEN o_outcome := 'live'; RETURN; END IF;
      PERFORM 1 FROM instances WHERE no = v_old.no AND coalesce(completed_at, -1) >= 0 FOR UPDATE;
      IF FOUND THEN
        IF v_free AND accepts_start(v_old.no) THEN o_outcome := 'accepted'; RETURN; END IF;
        PERFORM note_run(v_old.no, coalesce(p_note, '{"what":"replace"}'));
        v_note := NULL; -- one line for both
        IF inherit_mail(v_old.no, ${birth.no}, v_execution) THEN ${birth.wakeAt} := o_now; END IF;
        PERFORM drop_instances(ARRAY[v_old.no]);
        v_free := true;
      END IF;
    END LOOP;
  END $$;

  -- The first start that an ended run has accepted in its place.
  CREATE FUNCTION accepted_start(p_id text, OUT no bigint, OUT seq bigint, OUT kind text, OUT generation integer, OUT body text, OUT body_z bytea, OUT ended text)
    LANGUAGE sql STABLE ${PLANS} AS $$
    SELECT m.no, m.seq, m.kind, m.generation, m.body, m.body_z, coalesce(i.start_id, i.execution_id) FROM instances i JOIN inbox m ON m.no = i.no
      WHERE i.instance_id = p_id AND coalesce(i.completed_at, -1) >= 0 AND m.kind = 'replace' ORDER BY m.seq LIMIT 1
  $$;

  -- One that cannot be read starts nothing, and would keep the next start of its id away.
  CREATE FUNCTION drop_accepted_start(p_no bigint, p_seq bigint, p_note text) RETURNS boolean LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    DELETE FROM inbox m WHERE m.no = p_no AND m.seq = p_seq AND m.kind = 'replace';
    IF FOUND THEN PERFORM note_run(p_no, p_note); END IF;
    RETURN FOUND;
  END $$;

  -- m: one message, c: its target, if that may be created. o_owner: whom to hint.
  CREATE FUNCTION deliver_message(p_layout bigint, m bigint[], c bigint[], b bytea, OUT o_outcome text, OUT o_status text, OUT o_owner bigint, OUT o_woke boolean)
    LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_known bigint[];
    v_unknown bigint[];
    v_done bigint[];
    v_owners bigint[];
  BEGIN
    ${CHECK_LAYOUT}
    PERFORM check_isolation();
    v_known := lock_targets(m, b, '{}');
    IF cardinality(c) > 0 AND cardinality(v_known) = 0 THEN v_known := insert_instances(NULL, with_targets(c, b, now_ms()), b, true, NULL); END IF;
    SELECT s.o_unknown, s.o_done, s.o_owners, s.o_woke INTO v_unknown, v_done, v_owners, o_woke
      FROM send_messages(-1, m, b, v_known, '{}', '{}', now_ms()) s;
    o_owner := v_owners[1];
    o_outcome := CASE WHEN v_unknown IS NOT NULL THEN 'notFound' WHEN v_done IS NOT NULL THEN 'done' ELSE 'delivered' END;
    SELECT status INTO o_status FROM instances WHERE instance_id = ${message.targetId};
  END $$;
`;
