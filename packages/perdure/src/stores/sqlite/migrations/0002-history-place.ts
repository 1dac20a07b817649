import type { Migration } from "./migration.ts";

/**
 * An episode that leaves its instance's row as it was is a history row and nothing else (decision 0008). So the row says when it was written
 * (0: before this release, when the instance's own row knew), and a place in a history is taken once.
 */
export const historyPlace: Migration = {
  version: 2,
  name: "history-place",
  sql: `
    ALTER TABLE history ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
    CREATE UNIQUE INDEX history_place ON history (no, generation, first_seq);
    DROP INDEX history_no;
  `,
};
