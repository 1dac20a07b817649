/** What ended histories, and what began in another way than by a start. `audit_loops`: what a continue-as-new changes is in no index, so that it stays HOT. */
export const AUDIT_TABLE = `
  CREATE TABLE audit (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    no bigint, -- of the run that is meant; null: it came from another store without the run
    at bigint NOT NULL, -- the last time
    first_at bigint NOT NULL,
    count bigint NOT NULL,
    instance_id text COLLATE "C" NOT NULL,
    what text NOT NULL,
    by text,
    reason text,
    detail text NOT NULL -- JSON: the run as it was then
  );
  CREATE INDEX audit_instance ON audit (instance_id, seq);
  CREATE UNIQUE INDEX audit_loops ON audit (no) WITH (fillfactor = 80) WHERE what = 'continueAsNew';
  COMMENT ON TABLE audit IS 'A line for each purge, replaced run, rewind, restart and fork, and one for each instance that continues as new. Old ones may be deleted.';
`;

export const AUDIT = `
  -- A line for each of these instances as they are now. p_detail: a JSON object that is added.
  CREATE FUNCTION note_runs(p_nos bigint[], p_what text, p_by text, p_reason text, p_detail text) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE v_now bigint := now_ms();
  BEGIN
    INSERT INTO audit (no, at, first_at, count, instance_id, what, by, reason, detail)
      SELECT x.no, v_now, v_now, 1, x.instance_id, p_what, p_by, p_reason, CASE WHEN p_detail IS NULL THEN x.detail ELSE (x.detail::jsonb || p_detail::jsonb)::text END
      FROM (SELECT i.no, i.instance_id, json_build_object('executionId', i.execution_id, 'name', i.name,
        'status', i.status, 'createdAt', i.created_at, 'endedAt', i.completed_at,
        'events', (SELECT coalesce(sum(h.count), 0) FROM history h WHERE h.no = i.no AND h.generation = i.generation))::text AS detail
      FROM instances i WHERE i.no = ANY (p_nos) ORDER BY i.no) x;
  END $$;

  -- p_note: JSON of an AuditNote; null: nothing is to be noted.
  CREATE FUNCTION note_run(p_no bigint, p_note text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF p_note IS NOT NULL THEN
      PERFORM note_runs(ARRAY[p_no], p_note::json ->> 'what', p_note::json ->> 'by', p_note::json ->> 'reason', p_note::json ->> 'detail');
    END IF;
  END $$;
`;
