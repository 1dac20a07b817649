import type { Migration } from "./migration.ts";

/**
 * What stands still is called stopped. A row of the task queue counts the owners that died with it in hand, where it had a mark. `suspicion` begins
 * with the second death. `convicted_by`: JSON array, the versions of the code that were tried. `start_id`: the execution id of an instance's start, once
 * continue-as-new has brought another one.
 */
export const stopped: Migration = {
  version: 8,
  name: "stopped",
  sql: `
    ALTER TABLE instances RENAME COLUMN parked TO stopped;
    ALTER TABLE instances ADD COLUMN convicted_by TEXT;
    ALTER TABLE instances ADD COLUMN start_id TEXT;
    UPDATE instances SET suspicion = max(crashes - 1, 0) WHERE crashes > 0;
    DROP INDEX instances_parked;
    CREATE INDEX instances_stopped ON instances (no) WHERE stopped IS NOT NULL;
    ALTER TABLE tasks RENAME COLUMN alone TO crashes;
    DROP INDEX tasks_free;
    CREATE INDEX tasks_free ON tasks (name_key, not_before, crashes) WHERE worker IS NULL;
  `,
};
