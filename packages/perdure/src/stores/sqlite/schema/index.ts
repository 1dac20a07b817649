import type { Migration } from "./migration.ts";
import { TABLES } from "./tables.ts";

/** What the first step makes is what the nine steps of the development releases before it led to, under the number of the last one. */
export const FIRST_VERSION = 9;

/** In order; a released one never changes. */
export const MIGRATIONS: readonly Migration[] = [{ version: FIRST_VERSION, name: "initial", sql: TABLES }];

export const SCHEMA_VERSION = FIRST_VERSION + MIGRATIONS.length - 1;
