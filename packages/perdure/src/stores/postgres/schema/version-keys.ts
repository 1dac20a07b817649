/** The version of an instance in the ready index, written as there; empty for none, which no version is. */
export const VERSION_KEY = "(coalesce(orchestration_version, ''))";

const versionKeyOf = (row: string): string => VERSION_KEY.replace("orchestration_version", `${row}.orchestration_version`);

/** Rows `i` of the ready index under one name and version. */
export const waitingUnder = (name: string, version: string): string =>
  `i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = ${name} AND ${versionKeyOf("i")} = ${version}`;

/** Where instances wait: by name and version. */
export const VERSION_KEYS = `
  -- p_taken: a JSON array, null in it for no version at all; null: any, so those that wait, from one to the next by the index.
  CREATE FUNCTION version_keys(p_name text, p_taken text) RETURNS SETOF text LANGUAGE plpgsql STABLE AS $$
  DECLARE v_version text COLLATE "C";
  BEGIN
    IF p_taken IS NOT NULL THEN
      RETURN QUERY SELECT coalesce(t.version, '') FROM json_array_elements_text(p_taken::json) AS t (version);
      RETURN;
    END IF;
    SELECT ${versionKeyOf("i")} INTO v_version FROM instances i
      WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = p_name ORDER BY ${versionKeyOf("i")} LIMIT 1;
    WHILE v_version IS NOT NULL LOOP
      RETURN NEXT v_version;
      SELECT ${versionKeyOf("i")} INTO v_version FROM instances i
        WHERE i.owner IS NULL AND i.wake_at IS NOT NULL AND i.name_key = p_name AND ${versionKeyOf("i")} > v_version ORDER BY ${versionKeyOf("i")} LIMIT 1;
    END LOOP;
  END $$;

  -- Of several names; p_taken: of each name, or empty for any of all.
  CREATE FUNCTION waiting_keys(p_names text[], p_taken text[], OUT name_key text, OUT version_key text) RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT f.name_key, v.version FROM unnest(p_names, p_taken) AS f (name_key, taken) CROSS JOIN LATERAL version_keys(f.name_key, f.taken) AS v (version)
  $$;
`;
