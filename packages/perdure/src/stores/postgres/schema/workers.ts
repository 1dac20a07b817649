import { CHECK_LAYOUT } from "./check-layout.ts";
import { PLANS } from "./plans.ts";

/**
 * Join, new fence, death and takeover. `fence` is a UNIQUE column on purpose: changing it takes the lock strength that waits for the key share of a
 * commit in flight.
 */
export const WORKERS = `
  CREATE FUNCTION join_hub(p_layout bigint, p_lease bigint, p_functions text, p_host text,
    OUT o_worker bigint, OUT o_fence bigint, OUT o_now bigint) LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    ${CHECK_LAYOUT}
    o_now := now_ms();
    INSERT INTO workers (worker, fence, lease_until, joined_at, functions, host)
      VALUES (nextval('worker_seq'), nextval('fence_seq'), o_now + p_lease, o_now, p_functions, p_host)
      RETURNING worker, fence INTO o_worker, o_fence;
  END $$;

  CREATE FUNCTION renew_lease(p_worker bigint, p_fence bigint, p_lease bigint, p_load text, p_functions text, OUT o_now bigint)
    LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    o_now := now_ms();
    UPDATE workers SET lease_until = o_now + p_lease, renewals = renewals + 1, load = coalesce(p_load, load),
      functions = coalesce(p_functions, functions)
      WHERE fence = p_fence AND worker = p_worker;
    IF NOT FOUND THEN RAISE EXCEPTION 'fenced' USING ERRCODE = 'PD001'; END IF;
  END $$;

  -- When the answer was lost, its caller comes again with the fence of before, and the token that is there since then.
  CREATE FUNCTION refence(p_worker bigint, p_fence bigint, p_token text, OUT o_fence bigint, OUT o_now bigint)
    LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    PERFORM check_isolation();
    PERFORM 1 FROM workers
      WHERE worker = p_worker AND (fence = p_fence OR (fence IS NOT NULL AND refenced_by = p_token)) FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'fenced' USING ERRCODE = 'PD001'; END IF;
    o_now := now_ms();
    UPDATE workers SET fence = nextval('fence_seq'), refenced_by = p_token WHERE worker = p_worker RETURNING fence INTO o_fence;
  END $$;

  CREATE FUNCTION declare_dead(p_worker bigint, p_fence bigint, p_renewals bigint) RETURNS boolean
    LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    PERFORM check_isolation();
    PERFORM 1 FROM workers
      WHERE worker = p_worker AND fence = p_fence AND renewals = p_renewals AND lease_until < now_ms() FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE workers SET fence = NULL, died_at = now_ms() WHERE worker = p_worker;
    RETURN true;
  END $$;

  -- Frees up to p_limit instances. Those under a sender's lock become ready instead of asleep: that needs no look at their mail.
  CREATE FUNCTION free_instances(p_owner bigint, p_limit bigint, p_crashed boolean, OUT o_freed bigint, OUT o_done boolean)
    LANGUAGE plpgsql AS $$
  DECLARE
    v_nos bigint[];
    v_now bigint := now_ms();
    v_busy bigint;
  BEGIN
    v_nos := ARRAY(SELECT no FROM instances WHERE owner = p_owner ORDER BY no LIMIT p_limit FOR UPDATE SKIP LOCKED);
    UPDATE instances i SET owner = NULL, version = version + 1, (wake_at, crashes) = (
        SELECT wake_for(i.next_wake, m.mail, v_now), i.crashes + (p_crashed AND (m.mail OR coalesce(i.next_wake <= v_now, false)))::int
        FROM (SELECT coalesce((SELECT true FROM inbox b WHERE b.no = i.no LIMIT 1), false) AS mail OFFSET 0) m)
      WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_owner;
    GET DIAGNOSTICS o_freed = ROW_COUNT;
    IF o_freed < p_limit THEN
      v_nos := ARRAY(SELECT no FROM instances WHERE owner = p_owner LIMIT p_limit - o_freed FOR NO KEY UPDATE SKIP LOCKED);
      UPDATE instances i SET owner = NULL, version = version + 1, wake_at = v_now,
          crashes = crashes + (p_crashed AND coalesce(i.next_wake <= v_now, false))::int
        WHERE i.no = ANY (v_nos) AND coalesce(i.owner, 0) = p_owner;
      GET DIAGNOSTICS v_busy = ROW_COUNT;
      o_freed := o_freed + v_busy;
    END IF;
    o_done := NOT EXISTS (SELECT FROM instances WHERE owner = p_owner);
  END $$;

  CREATE FUNCTION free_tasks(p_worker bigint, p_crashed boolean) RETURNS boolean
    LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE tasks t SET worker = NULL, crashes = t.crashes + p_crashed::int
      WHERE t.ctid = ANY (ARRAY(SELECT k.ctid FROM tasks k WHERE k.worker = p_worker FOR UPDATE SKIP LOCKED));
    RETURN NOT EXISTS (SELECT FROM tasks WHERE worker = p_worker);
  END $$;

  CREATE FUNCTION take_over(p_dead bigint, p_limit bigint, OUT o_freed bigint, OUT o_done boolean)
    LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    PERFORM check_isolation();
    IF EXISTS (SELECT FROM workers WHERE worker = p_dead AND fence IS NOT NULL) THEN
      RAISE EXCEPTION 'Store contract broken: worker % is not dead', p_dead USING ERRCODE = 'PD005';
    END IF;
    SELECT f.o_freed, f.o_done INTO o_freed, o_done FROM free_instances(p_dead, p_limit, true) f;
    IF o_done THEN o_done := free_tasks(p_dead, true); END IF;
    IF o_done THEN DELETE FROM workers WHERE worker = p_dead AND fence IS NULL; END IF;
  END $$;

  -- The row's lock waits for a commit in flight, and shuts out later ones.
  CREATE FUNCTION leave_hub(p_worker bigint, p_fence bigint) RETURNS void LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE v_done boolean;
  BEGIN
    PERFORM check_isolation();
    PERFORM 1 FROM workers WHERE worker = p_worker AND fence = p_fence FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'fenced' USING ERRCODE = 'PD001'; END IF;
    SELECT f.o_done INTO v_done FROM free_instances(p_worker, 1000000, false) f;
    v_done := free_tasks(p_worker, false) AND v_done;
    IF v_done THEN DELETE FROM workers WHERE worker = p_worker;
    ELSE UPDATE workers SET fence = NULL, died_at = now_ms() WHERE worker = p_worker; -- the rest is taken over
    END IF;
  END $$;
`;
