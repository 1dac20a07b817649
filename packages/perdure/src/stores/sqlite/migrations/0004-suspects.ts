import type { Migration } from "./migration.ts";

/**
 * Suspects are claimed a few at a time, so the ready index keeps them apart: behind any number of them an ordinary claim is the same short range.
 * `suspicion` follows from `crashes` (`suspicionOf`) as it was when the row lost its owner. An index over `crashes` itself would be looked at by every episode, which
 * sets that to 0.
 */
export const suspects: Migration = {
  version: 4,
  name: "suspects",
  sql: `
    ALTER TABLE instances ADD COLUMN suspicion INTEGER NOT NULL DEFAULT 0;
    UPDATE instances SET suspicion = crashes WHERE crashes > 0;
    DROP INDEX instances_ready;
    CREATE INDEX instances_ready ON instances (name_key, suspicion, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
  `,
};
