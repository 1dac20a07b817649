import { PLANS } from "./plans.ts";

/** How stopped instances continue. */
export const RESUMING = `
  -- Why an instance is stopped; null also for a text that cannot be read: one damaged row must not keep a worker from joining.
  CREATE FUNCTION stop_reason(p_text text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
  BEGIN
    RETURN CASE WHEN jsonb_typeof(p_text::jsonb) = 'object' THEN p_text::jsonb END;
  EXCEPTION WHEN data_exception THEN
    RETURN NULL;
  END $$;

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
      WHERE stopped IS NOT NULL AND name_key = ANY (p_names) AND (stop_reason(stopped) ->> 'codeMayCure') = 'true'
        AND (stop_reason(stopped) -> 'codeVersions' IS NULL OR NOT coalesce(stop_reason(stopped) -> 'codeVersions' ? p_code, true)) ORDER BY no);
    PERFORM no FROM instances WHERE no = ANY (v_nos) ORDER BY no FOR NO KEY UPDATE;
    UPDATE instances SET poison_code_versions = ((stop_reason(stopped) -> 'codeVersions') || to_jsonb(p_code))::text
      WHERE no = ANY (v_nos) AND coalesce(stopped, '') <> '' AND stop_reason(stopped) -> 'codeVersions' IS NOT NULL;
    RETURN resume_where(v_nos);
  END $$;
`;
