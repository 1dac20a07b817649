import type { Migration } from "./migration.ts";

/** How busy a worker is, by its own word with each renewal: by that others leave work to it. JSON of WorkerLoad; null: not said yet. */
export const workerLoad: Migration = {
  version: 3,
  name: "worker-load",
  sql: "ALTER TABLE workers ADD COLUMN load TEXT;",
};
