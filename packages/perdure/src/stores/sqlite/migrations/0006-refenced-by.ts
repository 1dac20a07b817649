import type { Migration } from "./migration.ts";

/** By which a worker that asks again for a new fence, since the answer was lost, is told from a clone of its process. */
export const refencedBy: Migration = {
  version: 6,
  name: "refenced by",
  sql: "ALTER TABLE workers ADD COLUMN refenced_by TEXT;",
};
