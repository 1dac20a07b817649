import { PLANS } from "./plans.ts";
import { waitingUnder } from "./version-keys.ts";

/** What is due, and when. */
export const NEXT_WAKE = `
  -- Of suspects (crashes > 1): the first of each number of crashes, from one to the next by the index.
  CREATE FUNCTION earliest_wake(p_name text, p_version text, p_suspects boolean) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
  DECLARE
    v_level integer := 1;
    v_at bigint;
    v_earliest bigint;
  BEGIN
    IF NOT p_suspects THEN
      RETURN (SELECT min(r.wake_at) FROM (VALUES (0), (1)) AS c (crashes) CROSS JOIN LATERAL (SELECT i.wake_at FROM instances i
        WHERE ${waitingUnder("p_name", "p_version")} AND i.crashes = c.crashes ORDER BY i.wake_at LIMIT 1) r);
    END IF;
    LOOP
      SELECT i.crashes, i.wake_at INTO v_level, v_at FROM instances i
        WHERE ${waitingUnder("p_name", "p_version")} AND i.crashes > v_level ORDER BY i.crashes, i.wake_at LIMIT 1;
      EXIT WHEN NOT FOUND;
      v_earliest := least(v_earliest, v_at);
    END LOOP;
    RETURN v_earliest;
  END $$;

  -- Earliest moments at which something is to be claimed.
  CREATE FUNCTION next_wake(p_instances text[], p_versions text[], p_tasks text[],
    OUT o_now bigint, OUT o_instance_at bigint, OUT o_suspect_at bigint, OUT o_task_at bigint)
    LANGUAGE plpgsql STABLE ${PLANS} AS $$
  BEGIN
    o_now := now_ms();
    SELECT min(earliest_wake(k.name_key, k.version_key, false)), min(earliest_wake(k.name_key, k.version_key, true)) INTO o_instance_at, o_suspect_at
      FROM waiting_keys(p_instances, p_versions) k;
    SELECT min(r.not_before) INTO o_task_at FROM unnest(p_tasks) AS f (name_key) CROSS JOIN LATERAL (
      (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes < 2 AND t.name_key = f.name_key ORDER BY t.not_before LIMIT 1)
      UNION ALL
      (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes > 1 AND t.name_key = f.name_key ORDER BY t.not_before LIMIT 1)) r;
  END $$;

  -- Keys that something due waits under, and under which names and versions something waits at all: from one to the next by the index, what is due
  -- under each is not counted.
  CREATE FUNCTION read_waiting(OUT o_instances text[], OUT o_tasks text[], OUT o_names text[], OUT o_versions text[]) LANGUAGE plpgsql STABLE ${PLANS} AS $$
  DECLARE
    v_now bigint := now_ms();
    v_name text := '';
    v_at bigint;
    v_versions text[];
  BEGIN
    o_instances := '{}'; o_tasks := '{}'; o_names := '{}'; o_versions := '{}';
    LOOP
      SELECT i.name_key INTO v_name FROM instances i
        WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key > v_name ORDER BY i.name_key LIMIT 1;
      EXIT WHEN NOT FOUND;
      v_versions := ARRAY(SELECT v FROM version_keys(v_name, NULL) v);
      o_names := o_names || array_fill(v_name, ARRAY[cardinality(v_versions)]);
      o_versions := o_versions || v_versions;
      SELECT min(least(earliest_wake(v_name, v, false), earliest_wake(v_name, v, true))) INTO v_at FROM unnest(v_versions) v;
      IF v_at <= v_now THEN o_instances := o_instances || v_name; END IF;
    END LOOP;
    v_name := '';
    LOOP
      v_name := least(
        (SELECT t.name_key FROM tasks t WHERE t.worker IS NULL AND t.crashes < 2 AND t.name_key > v_name ORDER BY t.name_key LIMIT 1),
        (SELECT t.name_key FROM tasks t WHERE t.worker IS NULL AND t.crashes > 1 AND t.name_key > v_name ORDER BY t.name_key LIMIT 1));
      EXIT WHEN v_name IS NULL;
      v_at := least(
        (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes < 2 AND t.name_key = v_name ORDER BY t.not_before LIMIT 1),
        (SELECT t.not_before FROM tasks t WHERE t.worker IS NULL AND t.crashes > 1 AND t.name_key = v_name ORDER BY t.not_before LIMIT 1));
      IF v_at <= v_now THEN o_tasks := o_tasks || v_name; END IF;
    END LOOP;
  END $$;
`;
