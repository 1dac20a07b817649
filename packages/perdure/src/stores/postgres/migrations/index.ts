import { tables } from "./0001-tables.ts";
import { views } from "./0002-views.ts";
import { workers } from "./0003-workers.ts";
import { mail } from "./0004-mail.ts";
import { commit } from "./0005-commit.ts";
import { tasksAndClaims } from "./0006-tasks-and-claims.ts";
import { commitBatch } from "./0007-commit-batch.ts";
import { clients } from "./0008-clients.ts";
import { upkeep } from "./0009-upkeep.ts";
import { farTimes } from "./0010-far-times.ts";
import type { Migration } from "./migration.ts";

/** In order. */
export const MIGRATIONS: readonly Migration[] = [
  tables,
  views,
  workers,
  mail,
  commit,
  tasksAndClaims,
  commitBatch,
  clients,
  upkeep,
  farTimes,
];

export const SCHEMA_VERSION = MIGRATIONS.length;
