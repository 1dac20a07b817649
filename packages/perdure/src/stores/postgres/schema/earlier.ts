import { LAST_TIME } from "../../../model/time.ts";
import { FIRST_VERSION } from "./index.ts";
import { VERSION_KEY } from "./version-keys.ts";

/**
 * Makes the tables of a development release those of the first step of `index.ts`. Two numberings led there, 1 to 9 and then 1 and 2: the columns tell what is
 * left to do, from schema 9 of the first one on. Functions and views of ours are gone by then; dropped here are those that have no successor of that name.
 */
export const FROM_EARLIER = `
  DO $$
  DECLARE
    v_drop text;
    v_columns CONSTANT text[] := (SELECT array_agg(format('%s.%s', c.relname, a.attname)) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relname IN ('instances', 'workers') AND NOT a.attisdropped);
  BEGIN
    FOR v_drop IN SELECT format('DROP FUNCTION %s', p.oid::regprocedure) FROM pg_proc p
      WHERE p.pronamespace = current_schema()::regnamespace
        AND p.proname IN ('lock_suspect', 'unpark_for_code', 'unpark_one', 'unpark_where')
    LOOP EXECUTE v_drop; END LOOP;

    IF 'instances.parked' = ANY (v_columns) THEN
      ALTER TABLE instances RENAME COLUMN parked TO stopped;
      ALTER INDEX instances_parked RENAME TO instances_stopped;
      ALTER TABLE instances ADD COLUMN poison_code_versions text, ADD COLUMN start_id text;
      -- Waits "for ever" were stored as times beyond every date: a view that shows them as dates could not be read.
      UPDATE instances SET wake_at = least(wake_at, ${LAST_TIME}), next_wake = least(next_wake, ${LAST_TIME}), start_at = least(start_at, ${LAST_TIME})
        WHERE wake_at > ${LAST_TIME} OR next_wake > ${LAST_TIME} OR start_at > ${LAST_TIME};

      DROP INDEX tasks_free, tasks_alone;
      ALTER TABLE tasks ALTER COLUMN alone TYPE integer USING alone::integer;
      ALTER TABLE tasks RENAME COLUMN alone TO crashes;
      CREATE INDEX tasks_free ON tasks (name_key, not_before) WHERE worker IS NULL AND crashes < 2;
      CREATE INDEX tasks_suspect ON tasks (name_key, not_before) WHERE worker IS NULL AND crashes > 1;
    END IF;

    IF 'instances.convicted_by' = ANY (v_columns) THEN
      ALTER TABLE instances RENAME COLUMN convicted_by TO poison_code_versions;
    END IF;

    IF 'workers.orchestrators' = ANY (v_columns) THEN
      ALTER TABLE workers ADD COLUMN functions text;
      UPDATE workers SET functions = json_build_object('orchestrator', orchestrators, 'activity', activities)::text;
      ALTER TABLE workers ALTER COLUMN functions SET NOT NULL, DROP COLUMN orchestrators, DROP COLUMN activities;
    END IF;

    ALTER TABLE instances ALTER COLUMN orchestration_version TYPE text COLLATE "C";
    DROP INDEX instances_ready;
    CREATE INDEX instances_ready ON instances (name_key, ${VERSION_KEY}, crashes, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
  END $$;

  DELETE FROM migrations;
  INSERT INTO migrations (version, name) VALUES (${FIRST_VERSION}, 'initial');
`;
