import { LAST_TIME } from "../../../model/time.ts";
import { READY_INDEX } from "./tables.ts";

/**
 * What brings a file of an early development release to the first step of `index.ts`: by the version that the file has, the change to the next one.
 * The tables are those of `tables.ts` then, with some columns in another order.
 */
export const FROM_EARLIER: { readonly [version: number]: string } = {
  // `at` 0: the instance's own row knows the time of its last change.
  1: `
    ALTER TABLE history ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
    CREATE UNIQUE INDEX history_place ON history (no, generation, first_seq);
    DROP INDEX history_no;`,
  2: "ALTER TABLE workers ADD COLUMN load TEXT;",
  3: `
    ALTER TABLE instances ADD COLUMN suspicion INTEGER NOT NULL DEFAULT 0;
    DROP INDEX instances_ready;
    CREATE INDEX instances_ready ON instances (name_key, suspicion, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;`,
  4: `
    CREATE TABLE outgrown (no INTEGER PRIMARY KEY);
    INSERT INTO outgrown SELECT no FROM instances WHERE generation > 0;`,
  5: "ALTER TABLE workers ADD COLUMN refenced_by TEXT;",
  // Waits without an end were stored as times beyond every date, even beyond the integers that JavaScript can read: no list could be read then.
  6: `UPDATE instances SET wake_at = min(wake_at, ${LAST_TIME}), next_wake = min(next_wake, ${LAST_TIME}), start_at = min(start_at, ${LAST_TIME})
    WHERE wake_at > ${LAST_TIME} OR next_wake > ${LAST_TIME} OR start_at > ${LAST_TIME};`,
  7: `
    ALTER TABLE instances RENAME COLUMN parked TO stopped;
    ALTER TABLE instances ADD COLUMN convicted_by TEXT;
    ALTER TABLE instances ADD COLUMN start_id TEXT;
    UPDATE instances SET suspicion = max(crashes - 1, 0) WHERE crashes > 0;
    DROP INDEX instances_parked;
    CREATE INDEX instances_stopped ON instances (no) WHERE stopped IS NOT NULL;
    ALTER TABLE tasks RENAME COLUMN alone TO crashes;
    DROP INDEX tasks_free;
    CREATE INDEX tasks_free ON tasks (name_key, not_before, crashes) WHERE worker IS NULL;`,
  8: `
    ALTER TABLE workers ADD COLUMN functions TEXT NOT NULL DEFAULT '{}';
    UPDATE workers SET functions = json_object('orchestrator', json(orchestrators), 'activity', json(activities));
    ALTER TABLE workers DROP COLUMN orchestrators;
    ALTER TABLE workers DROP COLUMN activities;`,
  9: `
    ALTER TABLE instances RENAME COLUMN convicted_by TO poison_code_versions;
    DROP INDEX instances_ready;
    ${READY_INDEX};`,
};
