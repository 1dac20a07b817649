import { PLANS } from "./plans.ts";

/**
 * What the other functions use. `now_ms`: the transaction's start on the database's clock. `perdure.test_now` sets it in tests; one look at a setting
 * costs 0.1 µs.
 */
export const COMMON = `
  CREATE FUNCTION now_ms() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('perdure.test_now', true), '')::bigint, floor(extract(epoch FROM now()) * 1000)::bigint)
  $$;

  CREATE FUNCTION check_isolation() RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE EXCEPTION 'transaction_isolation is %', current_setting('transaction_isolation') USING ERRCODE = 'PD006';
    END IF;
  END $$;

  -- A run of numbers. setval beside nextval is safe under the lock only, so nothing else takes from this sequence. The lock is released at once: a
  -- commit may take numbers.
  CREATE FUNCTION reserve_numbers(p_count bigint) RETURNS bigint LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE
    v_lock bigint := (1348825700::bigint << 32) | 'instance_no_seq'::regclass::oid::bigint;
    v_first bigint;
  BEGIN
    PERFORM pg_advisory_lock(v_lock);
    BEGIN
      v_first := nextval('instance_no_seq');
      PERFORM setval('instance_no_seq', v_first + p_count - 1);
    EXCEPTION WHEN OTHERS OR query_canceled THEN
      PERFORM pg_advisory_unlock(v_lock);
      RAISE;
    END;
    PERFORM pg_advisory_unlock(v_lock);
    RETURN v_first;
  END $$;

  -- wake_at of a row that is or becomes unowned. Not greatest(): it ignores nulls and would wake every dormant instance.
  CREATE FUNCTION wake_for(p_next_wake bigint, p_mail boolean, p_now bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_mail OR p_next_wake < p_now THEN p_now ELSE p_next_wake END
  $$;
`;
