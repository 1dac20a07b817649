import { initial } from "./0001-initial.ts";
import { historyPlace } from "./0002-history-place.ts";
import { workerLoad } from "./0003-worker-load.ts";
import { suspects } from "./0004-suspects.ts";
import { outgrown } from "./0005-outgrown.ts";
import { refencedBy } from "./0006-refenced-by.ts";
import { farTimes } from "./0007-far-times.ts";
import { stopped } from "./0008-stopped.ts";
import { workerFunctions } from "./0009-worker-functions.ts";
import type { Migration } from "./migration.ts";

/** In order; a released one never changes. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  historyPlace,
  workerLoad,
  suspects,
  outgrown,
  refencedBy,
  farTimes,
  stopped,
  workerFunctions,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
