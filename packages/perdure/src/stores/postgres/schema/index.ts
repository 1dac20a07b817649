import { AUDIT, AUDIT_TABLE } from "./audit.ts";
import { BIRTHS } from "./births.ts";
import { CLAIMS } from "./claims.ts";
import { CLIENTS } from "./clients.ts";
import { COMMIT_BATCH } from "./commit-batch.ts";
import { COMMON } from "./common.ts";
import { EDITS } from "./edits.ts";
import { EPISODES } from "./episodes.ts";
import { KEPT_MAIL, KEPT_MAIL_TABLE } from "./kept-mail.ts";
import { LEAVING } from "./leaving.ts";
import { LISTS } from "./lists.ts";
import { MESSAGES } from "./messages.ts";
import type { Migration } from "./migration.ts";
import { NEXT_WAKE } from "./next-wake.ts";
import { PURGE } from "./purge.ts";
import { RESUMING } from "./resuming.ts";
import { SLOTS } from "./slots.ts";
import { SWEEP } from "./sweep.ts";
import { TABLES } from "./tables.ts";
import { TASKS } from "./tasks.ts";
import { UNREAD, UNREAD_TABLE } from "./unread.ts";
import { VERSION_KEYS } from "./version-keys.ts";
import { VIEWS } from "./views.ts";
import { WORKERS } from "./workers.ts";

/** Smaller numbers are those of development releases (`earlier.ts`). SQLite's schema begins with the same number. */
export const FIRST_VERSION = 10;

/** What happened to the tables, in order, one number after the other. A release that changes functions or views only adds a step without SQL. */
export const MIGRATIONS: readonly Migration[] = [
  { version: FIRST_VERSION, name: "initial", sql: TABLES },
  { version: FIRST_VERSION + 1, name: "kept-mail", sql: KEPT_MAIL_TABLE },
  { version: FIRST_VERSION + 2, name: "lists", sql: LISTS },
  { version: FIRST_VERSION + 3, name: "unread", sql: UNREAD_TABLE },
  { version: FIRST_VERSION + 4, name: "audit", sql: AUDIT_TABLE },
  { version: FIRST_VERSION + 5, name: "slots", sql: SLOTS },
];

/** Dropped and created again at each migration: there is one definition of each, and it is that of the release that migrated last. */
export const FUNCTIONS_AND_VIEWS: readonly string[] = [
  COMMON,
  AUDIT,
  WORKERS,
  MESSAGES,
  BIRTHS,
  EPISODES,
  TASKS,
  LEAVING,
  VERSION_KEYS,
  CLAIMS,
  COMMIT_BATCH,
  CLIENTS,
  PURGE,
  KEPT_MAIL,
  UNREAD,
  EDITS,
  RESUMING,
  SWEEP,
  NEXT_WAKE,
  VIEWS,
];
