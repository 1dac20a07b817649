import { initial } from "./0001-initial.ts";
import { historyPlace } from "./0002-history-place.ts";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order; a released one never changes. */
export const MIGRATIONS: readonly Migration[] = [initial, historyPlace];

export const SCHEMA_VERSION = MIGRATIONS.length;
