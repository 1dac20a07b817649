import { PLANS } from "./plans.ts";

/** How stopped instances continue. */
export const RESUMING = `
  CREATE FUNCTION resume_where(p_nos bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE v_count bigint;
  BEGIN
    PERFORM no FROM instances WHERE no = ANY (p_nos) AND coalesce(stopped, '') <> '' ORDER BY no FOR NO KEY UPDATE;
    UPDATE instances SET stopped = NULL, wake_at = now_ms() WHERE no = ANY (p_nos) AND coalesce(stopped, '') <> '' AND owner IS NULL;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
  END $$;

  -- p_code null: not known, so instances that only other code may resume stay stopped. For one that crashes have stopped it is noted, so that it is tried once.
  CREATE FUNCTION resume_for_code(p_names text[], p_code text) RETURNS bigint LANGUAGE plpgsql ${PLANS} AS $$
  DECLARE v_nos bigint[];
  BEGIN
    v_nos := ARRAY(SELECT no FROM instances
      WHERE stopped IS NOT NULL AND name_key = ANY (p_names) AND (stopped::jsonb ->> 'codeMayCure') = 'true'
        AND (stopped::jsonb -> 'codeVersions' IS NULL OR NOT coalesce(stopped::jsonb -> 'codeVersions' ? p_code, true)) ORDER BY no);
    PERFORM no FROM instances WHERE no = ANY (v_nos) ORDER BY no FOR NO KEY UPDATE;
    UPDATE instances SET poison_code_versions = ((stopped::jsonb -> 'codeVersions') || to_jsonb(p_code))::text
      WHERE no = ANY (v_nos) AND coalesce(stopped, '') <> '' AND stopped::jsonb -> 'codeVersions' IS NOT NULL;
    RETURN resume_where(v_nos);
  END $$;

  CREATE FUNCTION resume_one(p_id text) RETURNS boolean LANGUAGE sql ${PLANS} AS $$
    SELECT resume_where(ARRAY(SELECT no FROM instances WHERE instance_id = p_id AND coalesce(stopped, '') <> '')) > 0
  $$;
`;
