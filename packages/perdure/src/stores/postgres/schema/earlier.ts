import { LAST_TIME } from "../../../model/time.ts";

/** What the first schemas, numbered 1 to 9, have and none of these: by this column of `instances` they are told. */
export const EARLIER_COLUMN = "parked";

/**
 * Makes the tables of schema 9 those of step 1, where the numbers began again. Functions and views of ours are gone by then; dropped here are those
 * that have no successor of that name.
 */
export const FROM_EARLIER = `
  DO $$
  DECLARE
    v_drop text;
  BEGIN
    FOR v_drop IN SELECT format('DROP FUNCTION %s', p.oid::regprocedure) FROM pg_proc p
      WHERE p.pronamespace = current_schema()::regnamespace
        AND p.proname IN ('lock_suspect', 'unpark_for_code', 'unpark_one', 'unpark_where')
    LOOP EXECUTE v_drop; END LOOP;
  END $$;

  ALTER TABLE instances RENAME COLUMN parked TO stopped;
  ALTER INDEX instances_parked RENAME TO instances_stopped;
  ALTER TABLE instances ADD COLUMN convicted_by text, ADD COLUMN start_id text;
  -- Waits "for ever" were stored as times beyond every date: a view that shows them as dates could not be read.
  UPDATE instances SET wake_at = least(wake_at, ${LAST_TIME}), next_wake = least(next_wake, ${LAST_TIME}), start_at = least(start_at, ${LAST_TIME})
    WHERE wake_at > ${LAST_TIME} OR next_wake > ${LAST_TIME} OR start_at > ${LAST_TIME};

  DROP INDEX tasks_free, tasks_alone;
  ALTER TABLE tasks ALTER COLUMN alone TYPE integer USING alone::integer;
  ALTER TABLE tasks RENAME COLUMN alone TO crashes;
  CREATE INDEX tasks_free ON tasks (name_key, not_before) WHERE worker IS NULL AND crashes < 2;
  CREATE INDEX tasks_suspect ON tasks (name_key, not_before) WHERE worker IS NULL AND crashes > 1;

  DELETE FROM migrations;
  INSERT INTO migrations (version, name) VALUES (1, 'initial');
`;
