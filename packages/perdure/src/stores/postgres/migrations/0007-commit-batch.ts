import type { Migration } from "./migration.ts";
import { PLANS } from "./plans.ts";

/**
 * The whole group commit. p_head: worker, fence, n, follows, instances to claim (-1: none), tasks to claim (-1: none), rooms for suspect tasks (how many follow),
 * messages that stand before the batch's own, rooms for suspect instances (how many follow), has an instance
 * continued as new (0, 1), then those rooms: for instances, for tasks.
 * Answers with the store's time alone when there is nothing else to tell; the marker keeps the same answer.
 */
export const commitBatch: Migration = {
  version: 7,
  name: "commit-batch",
  sql: `
    CREATE FUNCTION check_batch(p_worker bigint, p_fence bigint, p_n bigint, p_follows bigint, p_token text) RETURNS void
      LANGUAGE plpgsql AS $$
    DECLARE v_token text;
    BEGIN
      PERFORM check_isolation();
      PERFORM 1 FROM workers WHERE worker = p_worker AND fence = p_fence FOR KEY SHARE;
      IF NOT FOUND THEN RAISE EXCEPTION 'fenced' USING ERRCODE = 'PD001'; END IF;
      SELECT token INTO v_token FROM batches WHERE worker = p_worker AND n = p_n;
      IF v_token <> p_token THEN RAISE EXCEPTION 'marker taken' USING ERRCODE = 'PD003'; END IF;
      IF v_token = p_token THEN
        RAISE EXCEPTION 'batch % of worker % was committed before', p_n, p_worker USING ERRCODE = 'PD007';
      END IF;
      IF p_follows > 0 AND NOT EXISTS (SELECT FROM batches WHERE worker = p_worker AND n = p_follows) THEN
        RAISE EXCEPTION 'moved back' USING ERRCODE = 'PD004';
      END IF;
    END $$;

    CREATE FUNCTION mark_batch(p_worker bigint, p_n bigint, p_token text, p_now bigint, p_receipt text) RETURNS void
      LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO batches (worker, n, at, token, receipt) VALUES (p_worker, p_n, p_now, p_token, p_receipt)
        ON CONFLICT (worker, n) DO NOTHING;
      IF NOT FOUND THEN RAISE EXCEPTION 'marker taken' USING ERRCODE = 'PD003'; END IF;
      IF p_n % 128 = 0 THEN DELETE FROM batches WHERE worker = p_worker AND n <= p_n - 1000; END IF;
    END $$;

    CREATE FUNCTION read_marker(p_worker bigint, p_n bigint, OUT o_token text, OUT o_at bigint, OUT o_receipt text)
      LANGUAGE sql STABLE ${PLANS} AS $$
      SELECT token, at, receipt FROM batches WHERE worker = p_worker AND n = p_n
    $$;

    CREATE FUNCTION commit_batch(p_head bigint[], p_token text, p_creates bigint[], p_history bigint[], p_updates bigint[], p_consumed bigint[],
      p_finished bigint[], p_messages bigint[], p_tasks bigint[], p_beats bigint[], p_cancels bigint[], p_leaves bigint[],
      p_claim text[], p_claim_tasks text[], p_task_limits bigint[], p_bytes bytea) RETURNS text
      LANGUAGE plpgsql ${PLANS} AS $$
    DECLARE
      v_worker bigint := p_head[1];
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
      v_receipt text;
      v_is_plain boolean := p_head[5] < 0 AND p_head[6] < 0
        AND cardinality(p_creates) + cardinality(p_messages) + cardinality(p_tasks) + cardinality(p_leaves) = 0;
    BEGIN
      PERFORM check_batch(v_worker, p_head[2], p_head[3], p_head[4], p_token);
      IF cardinality(p_messages) > 0 THEN v_known := lock_targets(p_messages, p_bytes, v_known); END IF;
      IF cardinality(p_creates) > 0 THEN
        v_born := create_instances(v_worker, p_creates, p_bytes, false);
        IF cardinality(v_born) < cardinality(p_creates) / 33 THEN
          v_not_started := ARRAY(SELECT p_creates[g] FROM generate_series(1, cardinality(p_creates), 33) g
            WHERE p_creates[g + 1] <> 2 AND p_creates[g] <> ALL (v_born));
        END IF;
      END IF;
      -- Continued as new: with new input, or in the batch of the birth.
      IF p_head[10] = 1 THEN
        INSERT INTO outgrown (no, generation)
          SELECT p_updates[g], p_updates[g + 3] FROM generate_series(1, cardinality(p_updates), 18) g
            WHERE p_updates[g + 7] = 1 AND p_updates[g + 3] > 0 AND p_updates[g] <> ALL (v_not_started)
          UNION ALL
          SELECT p_creates[g], p_creates[g + 9] FROM generate_series(1, cardinality(p_creates), 33) g
            WHERE p_creates[g + 9] > 0 AND p_creates[g] = ANY (v_born)
          ON CONFLICT DO NOTHING;
      END IF;
      IF cardinality(p_history) + cardinality(p_updates) > 0 THEN
        PERFORM write_episodes(v_worker, p_history, p_updates, p_bytes, v_not_started);
      END IF;
      IF cardinality(p_consumed) > 0 THEN PERFORM consume_mail(p_consumed); END IF;
      IF cardinality(v_born) + cardinality(v_not_started) < cardinality(p_creates) / 33 THEN
        v_born := v_born || create_instances(v_worker, p_creates, p_bytes, true);
        v_not_started := ARRAY(SELECT p_creates[g] FROM generate_series(1, cardinality(p_creates), 33) g
          WHERE p_creates[g] <> ALL (v_born) ORDER BY g);
      END IF;
      IF cardinality(p_finished) > 0 THEN v_finished := finish_tasks(v_worker, p_finished); END IF;
      IF cardinality(p_tasks) > 0 THEN v_ready := add_tasks(v_worker, p_tasks, p_bytes, v_not_started, v_now); END IF;
      IF cardinality(p_beats) > 0 THEN PERFORM beat_tasks(v_worker, p_beats, p_bytes); END IF;
      IF cardinality(p_messages) > 0 THEN
        SELECT * INTO v_seqs, v_unknown, v_done, v_mail_for, v_owners, v_made
          FROM send_messages(v_worker, p_messages, p_bytes, ARRAY(SELECT k FROM unnest(v_known || v_born) k ORDER BY k), v_finished, v_not_started, v_now);
        v_ready := v_ready OR v_made;
      END IF;
      -- From here on nothing waits.
      IF cardinality(p_cancels) > 0 THEN PERFORM cancel_tasks(p_cancels, v_not_started); END IF;
      IF cardinality(p_leaves) > 0 THEN
        SELECT * INTO v_released, v_stopped, v_made FROM leave_owner(v_worker, p_leaves, p_bytes, v_not_started, v_now);
        v_ready := v_ready OR v_made;
      END IF;
      IF p_head[5] > 0 THEN
        SELECT * INTO v_claimed, v_suspect FROM claim_instances(v_worker, p_claim, p_head[5], p_head[11:10 + p_head[9]], v_now);
      END IF;
      IF p_head[6] > 0 THEN v_claimed_tasks := claim_tasks(v_worker, p_claim_tasks, p_task_limits, p_head[6], p_head[11 + p_head[9]:10 + p_head[9] + p_head[7]], v_now); END IF;
      IF NOT v_is_plain THEN
        v_ready := v_ready OR EXISTS (SELECT FROM generate_series(1, cardinality(p_creates), 33) g
          WHERE p_creates[g + 2] = 0 AND p_creates[g + 3] BETWEEN 0 AND v_now AND p_creates[g] = ANY (v_born));
        v_receipt := json_strip_nulls(json_build_object('leading', nullif(p_head[8], 0), 'notStarted', nullif(v_not_started, '{}'), 'ready', nullif(v_ready, false),
          'seqs', array_to_string(v_seqs, ',', ''), 'unknown', v_unknown, 'done', v_done, 'mailFor', v_mail_for, 'owners', v_owners,
          'released', v_released, 'stopped', v_stopped, 'claimed', v_claimed, 'suspect', nullif(v_suspect, false), 'claimedTasks', v_claimed_tasks));
        IF v_receipt = '{}' THEN v_receipt := NULL; END IF;
      END IF;
      PERFORM mark_batch(v_worker, p_head[3], p_token, v_now, v_receipt);
      RETURN v_now || coalesce(' ' || v_receipt, '');
    END $$;
  `,
};
