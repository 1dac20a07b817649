import type { Migration } from "./migration.ts";

/**
 * Instances that have begun another generation since the sweep looked at them last: it finds the histories that nobody reads any more without a
 * search, and continue-as-new pays for one row in a small table.
 */
export const outgrown: Migration = {
  version: 5,
  name: "outgrown",
  sql: `
    CREATE TABLE outgrown (no INTEGER PRIMARY KEY);
    INSERT INTO outgrown SELECT no FROM instances WHERE generation > 0;
  `,
};
