import { AUDIT } from "./audit.ts";
import { LISTS } from "./lists.ts";
import type { Migration } from "./migration.ts";
import { SLOTS } from "./slots.ts";
import { TABLES } from "./tables.ts";
import { UNREAD } from "./unread.ts";

/** Smaller numbers are those of development releases (`earlier.ts`). */
export const FIRST_VERSION = 10;

/** In order; a released one never changes. */
export const MIGRATIONS: readonly Migration[] = [
  { version: FIRST_VERSION, name: "initial", sql: TABLES },
  { version: FIRST_VERSION + 1, name: "lists", sql: LISTS },
  { version: FIRST_VERSION + 2, name: "unread", sql: UNREAD },
  { version: FIRST_VERSION + 3, name: "audit", sql: AUDIT },
  { version: FIRST_VERSION + 4, name: "slots", sql: SLOTS },
];

export const SCHEMA_VERSION = FIRST_VERSION + MIGRATIONS.length - 1;
