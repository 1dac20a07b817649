import type { Migration } from "./migration.ts";

/** What a worker runs: JSON, names by kind of function. So another kind needs no other table. */
export const workerFunctions: Migration = {
  version: 9,
  name: "worker-functions",
  sql: `
    ALTER TABLE workers ADD COLUMN functions TEXT NOT NULL DEFAULT '{}';
    UPDATE workers SET functions = json_object('orchestrator', json(orchestrators), 'activity', json(activities));
    ALTER TABLE workers DROP COLUMN orchestrators;
    ALTER TABLE workers DROP COLUMN activities;
  `,
};
