import { HEAD } from "../wire/head-row.ts";
import { BIRTH, ON_EXISTING, UPDATE } from "../wire/instance-row.ts";
import { columnsOf, eachRow, rowCount, valuesOf } from "../wire/layout-sql.ts";
import { BATCH_ARGUMENTS } from "../wire/layouts.ts";
import { CHECK_LAYOUT } from "./check-layout.ts";
import { PLANS } from "./plans.ts";

const birth = columnsOf(BIRTH, "p_creates");
const update = columnsOf(UPDATE, "p_updates");
const head = valuesOf(HEAD, "p_head");

const batchParameters = Object.entries(BATCH_ARGUMENTS)
  .map(([name, type]) => `p_${name} ${typeof type === "string" ? type : "bigint[]"}`)
  .join(", ");

/** The whole group commit. Answers with the store's time alone when there is nothing else to tell; the marker keeps the same answer. */
export const COMMIT_BATCH = `
  CREATE FUNCTION check_batch(p_worker bigint, p_fence bigint, p_n bigint, p_follows bigint, p_token text) RETURNS boolean
    LANGUAGE plpgsql AS $$
  DECLARE
    v_token text;
    v_follows text;
  BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN PERFORM check_isolation(); END IF;
    PERFORM 1 FROM workers WHERE worker = p_worker AND fence = p_fence FOR KEY SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'fenced' USING ERRCODE = 'PD001'; END IF;
    -- A statement of its own: with the locked row, and a newer snapshot than that before the lock.
    SELECT (SELECT token FROM batches WHERE worker = p_worker AND n = p_n), (SELECT token FROM batches WHERE worker = p_worker AND n = p_follows)
      INTO v_token, v_follows;
    IF v_token <> p_token THEN RAISE EXCEPTION 'marker taken' USING ERRCODE = 'PD003'; END IF;
    IF v_token = p_token THEN
      RAISE EXCEPTION 'batch % of worker % was committed before', p_n, p_worker USING ERRCODE = 'PD007';
    END IF;
    IF p_follows > 0 AND v_follows IS NULL THEN RAISE EXCEPTION 'moved back' USING ERRCODE = 'PD004'; END IF;
    RETURN true;
  END $$;

  CREATE FUNCTION mark_batch(p_worker bigint, p_n bigint, p_token text, p_now bigint, p_receipt text) RETURNS boolean
    LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO batches (worker, n, at, token, receipt) VALUES (p_worker, p_n, p_now, p_token, p_receipt)
      ON CONFLICT (worker, n) DO NOTHING;
    IF NOT FOUND THEN RAISE EXCEPTION 'marker taken' USING ERRCODE = 'PD003'; END IF;
    IF p_n % 128 = 0 THEN DELETE FROM batches WHERE worker = p_worker AND n <= p_n - 1000; END IF;
    RETURN true;
  END $$;

  CREATE FUNCTION read_marker(p_worker bigint, p_n bigint, OUT o_token text, OUT o_at bigint, OUT o_receipt text)
    LANGUAGE sql STABLE ${PLANS} AS $$
    SELECT token, at, receipt FROM batches WHERE worker = p_worker AND n = p_n
  $$;

  CREATE FUNCTION commit_batch(${batchParameters}) RETURNS text
    LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_worker bigint := ${head.worker};
    v_now bigint := now_ms();
    v_known bigint[] := '{}';
    v_born bigint[] := '{}';
    v_not_started bigint[] := '{}';
    v_finished bigint[] := '{}';
    v_seqs bigint[];
    v_unknown bigint[];
    v_done bigint[];
    v_mail_for bigint[];
    v_owners bigint[];
    v_released bigint[];
    v_stopped bigint[];
    v_made boolean;
    v_claimed bigint[];
    v_suspect boolean := false;
    v_claimed_tasks bigint[];
    v_ready boolean := false;
    v_slots text[] := '{}';
    v_open text[];
    v_receipt text;
    v_is_plain boolean := ${head.claimLimit} < 0 AND ${head.claimTasksLimit} < 0
      AND cardinality(p_creates) + cardinality(p_messages) + cardinality(p_tasks) + cardinality(p_given_back) + cardinality(p_leaves) = 0;
  BEGIN
    ${CHECK_LAYOUT}
    v_made := check_batch(v_worker, ${head.fence}, ${head.n}, ${head.follows}, p_token);
    IF cardinality(p_messages) > 0 THEN v_known := lock_targets(p_messages, p_bytes, v_known); END IF;
    IF ${head.createsTargets} = 1 THEN p_creates := with_targets(p_creates, p_bytes, v_now); END IF;
    IF cardinality(p_creates) > 0 THEN
      v_born := create_instances(v_worker, p_creates, p_bytes, ${head.hasPacked} = 1, false);
      IF cardinality(v_born) < ${rowCount(BIRTH, "p_creates")} THEN
        v_not_started := ARRAY(SELECT ${birth.no("g")} FROM ${eachRow(BIRTH, "p_creates")} g
          WHERE ${birth.onExisting("g")} NOT IN (${ON_EXISTING.replaceEnded}, ${ON_EXISTING.target}) AND ${birth.no("g")} <> ALL (v_born));
      END IF;
    END IF;
    -- Of an instance that begins another generation here, perhaps in the batch of its birth.
    IF ${head.hasLaterGenerations} = 1 THEN
      INSERT INTO outgrown (no, generation)
        SELECT ${update.no("g")}, ${update.generation("g")} FROM ${eachRow(UPDATE, "p_updates")} g
          WHERE ${update.generation("g")} > 0 AND ${update.no("g")} <> ALL (v_not_started)
            AND (SELECT i.generation FROM instances i WHERE i.no = ${update.no("g")}) < ${update.generation("g")}
        UNION ALL
        SELECT ${birth.no("g")}, ${birth.generation("g")} FROM ${eachRow(BIRTH, "p_creates")} g
          WHERE ${birth.generation("g")} > 0 AND ${birth.no("g")} = ANY (v_born)
        ON CONFLICT DO NOTHING;
    END IF;
    IF ${head.continues} = 1 THEN
      INSERT INTO audit (no, at, first_at, count, instance_id, what, detail)
        SELECT x.no, v_now, v_now, x.times, i.instance_id, 'continueAsNew', json_build_object('executionId', i.execution_id, 'name', i.name)
        FROM (
          SELECT ${update.no("g")} AS no, ${update.continuedAsNew("g")} AS times FROM ${eachRow(UPDATE, "p_updates")} g
            WHERE ${update.continuedAsNew("g")} > 0 AND ${update.no("g")} <> ALL (v_not_started)
          UNION ALL
          SELECT ${birth.no("g")}, ${birth.continuedAsNew("g")} FROM ${eachRow(BIRTH, "p_creates")} g
            WHERE ${birth.continuedAsNew("g")} > 0 AND ${birth.no("g")} = ANY (v_born)) x
        CROSS JOIN LATERAL (SELECT y.instance_id, y.execution_id, y.name FROM instances y WHERE y.no = x.no OFFSET 0) i
        ON CONFLICT (no) WHERE what = 'continueAsNew' DO UPDATE SET at = excluded.at, count = audit.count + excluded.count;
    END IF;
    IF p_notes IS NOT NULL THEN -- JSON of RunNotes
      PERFORM note_run((n ->> 'no')::bigint, n ->> 'note') FROM json_array_elements(p_notes::json) n;
    END IF;
    IF cardinality(p_history) + cardinality(p_updates) > 0 THEN
      v_made := write_episodes(v_worker, p_history, p_updates, p_bytes, ${head.hasPacked} = 1, ${head.hasInputs} = 1, v_not_started);
    END IF;
    IF cardinality(p_consumed) > 0 THEN PERFORM consume_mail(p_consumed); END IF;
    IF cardinality(v_born) + cardinality(v_not_started) < ${rowCount(BIRTH, "p_creates")} THEN
      v_born := v_born || create_instances(v_worker, p_creates, p_bytes, ${head.hasPacked} = 1, true);
      v_not_started := ARRAY(SELECT ${birth.no("g")} FROM ${eachRow(BIRTH, "p_creates")} g
        WHERE ${birth.onExisting("g")} <> ${ON_EXISTING.target} AND ${birth.no("g")} <> ALL (v_born) ORDER BY g);
    END IF;
    IF cardinality(p_finished) > 0 THEN
      SELECT * INTO v_finished, v_slots FROM finish_tasks(v_worker, p_finished);
    END IF;
    IF cardinality(p_tasks) > 0 THEN
      SELECT * INTO v_ready, v_open FROM add_tasks(v_worker, p_tasks, p_bytes, v_not_started, v_now);
      v_slots := v_slots || v_open;
    END IF;
    IF cardinality(p_beats) > 0 THEN PERFORM beat_tasks(v_worker, p_beats, p_bytes); END IF;
    IF cardinality(p_given_back) > 0 THEN
      v_made := give_back_tasks(v_worker, p_given_back);
      v_ready := v_ready OR v_made;
    END IF;
    IF cardinality(p_messages) > 0 THEN
      SELECT * INTO v_seqs, v_unknown, v_done, v_mail_for, v_owners, v_made
        FROM send_messages(v_worker, p_messages, p_bytes, ARRAY(SELECT k FROM unnest(v_known || v_born) k ORDER BY k), v_finished, v_not_started, v_now);
      v_ready := v_ready OR v_made;
    END IF;
    -- From here on nothing waits, but for those who give slots of one id.
    IF cardinality(p_cancels) > 0 THEN v_slots := v_slots || cancel_tasks(p_cancels, v_not_started); END IF;
    IF cardinality(p_leaves) > 0 THEN
      SELECT * INTO v_released, v_stopped, v_made FROM leave_owner(v_worker, p_leaves, p_bytes, v_not_started, v_now);
      v_ready := v_ready OR v_made;
    END IF;
    IF cardinality(v_slots) > 0 THEN
      IF cardinality(p_cancels) > 0 THEN -- one may have got its slot meanwhile: a cancelled call would hold it
        PERFORM lock_slots(v_slots);
        PERFORM cancel_tasks(p_cancels, v_not_started);
      END IF;
      v_made := give_slots(v_slots, v_now);
      v_ready := v_ready OR v_made;
    END IF;
    IF ${head.claimLimit} > 0 THEN
      SELECT * INTO v_claimed, v_suspect FROM claim_instances(v_worker, p_claim, p_claim_versions, ${head.claimLimit}, p_head[${HEAD.size + 1}:${HEAD.size} + ${head.instanceRooms}], v_now);
    END IF;
    IF ${head.claimTasksLimit} > 0 THEN v_claimed_tasks := claim_tasks(v_worker, p_claim_tasks, p_task_limits, ${head.claimTasksLimit}, p_head[${HEAD.size + 1} + ${head.instanceRooms}:${HEAD.size} + ${head.instanceRooms} + ${head.taskRooms}], v_now); END IF;
    IF NOT v_is_plain OR v_ready THEN
      v_ready := v_ready OR EXISTS (SELECT FROM ${eachRow(BIRTH, "p_creates")} g
        WHERE ${birth.owned("g")} = 0 AND ${birth.wakeAt("g")} BETWEEN 0 AND v_now AND ${birth.no("g")} = ANY (v_born));
      v_receipt := json_strip_nulls(json_build_object('leading', nullif(${head.leading}, 0), 'notStarted', nullif(v_not_started, '{}'), 'ready', nullif(v_ready, false),
        'seqs', array_to_string(v_seqs, ',', ''), 'unknown', v_unknown, 'done', v_done, 'mailFor', v_mail_for, 'owners', v_owners,
        'released', v_released, 'stopped', v_stopped, 'claimed', v_claimed, 'suspect', nullif(v_suspect, false), 'claimedTasks', v_claimed_tasks));
      IF v_receipt = '{}' THEN v_receipt := NULL; END IF;
    END IF;
    v_made := mark_batch(v_worker, ${head.n}, p_token, v_now, v_receipt);
    RETURN v_now || coalesce(' ' || v_receipt, '');
  END $$;
`;
