import { NO_SLOT_YET } from "../../../model/slot.ts";

/** For people with SQL (docs/postgres.md). Perdure itself reads none of them. */
export const VIEWS = `
  CREATE FUNCTION ms_to_time(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT to_timestamp(ms / 1000.0) $$;

  CREATE VIEW instance_list AS
    SELECT i.instance_id, i.name, i.status, ms_to_time(i.created_at) AS created_at,
      ms_to_time(greatest(i.updated_at, CASE WHEN i.completed_at IS NULL THEN
        (SELECT h.at FROM history h WHERE h.no = i.no AND h.generation = i.generation ORDER BY h.first_seq DESC LIMIT 1) END)) AS updated_at,
      ms_to_time(i.completed_at) AS completed_at,
      CASE
        WHEN i.completed_at IS NOT NULL THEN 'done'
        WHEN i.stopped IS NOT NULL THEN 'stopped'
        WHEN i.owner IS NOT NULL THEN 'owned'
        WHEN i.wake_at IS NULL THEN 'dormant'
        WHEN i.wake_at <= extract(epoch FROM now()) * 1000 THEN 'ready'
        ELSE 'waiting'
      END AS state,
      i.owner AS worker, ms_to_time(i.wake_at) AS wakes_at, i.stopped, i.custom_status, i.input, i.output, i.execution_id, i.generation,
      i.crashes, i.no
    FROM instances i;
  COMMENT ON VIEW instance_list IS 'Instances with times a person can read. input and output are null when they are stored compressed.';

  CREATE VIEW open_tasks AS
    SELECT t.instance_id, t.name, t.worker, t.attempts, t.crashes, ms_to_time(t.not_before) AS not_before,
      ms_to_time(t.created_at) AS created_at, t.no, t.generation, t.event_id, t.slot, t.not_before = ${NO_SLOT_YET} AS waits_for_slot
    FROM tasks t;
  COMMENT ON VIEW open_tasks IS 'Activities in the shared task queue; worker is null while none runs them.';

  CREATE VIEW worker_list AS
    SELECT w.worker, w.host, w.fence IS NOT NULL AS alive, ms_to_time(w.lease_until) AS lease_until, w.renewals,
      ms_to_time(w.joined_at) AS joined_at, ms_to_time(w.died_at) AS died_at,
      (SELECT count(*) FROM instances i WHERE i.owner = w.worker) AS owned, w.functions
    FROM workers w;
  COMMENT ON VIEW worker_list IS 'Engine processes, their leases, and how many instances each owns.';
`;
