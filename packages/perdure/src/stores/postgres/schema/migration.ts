/**
 * One step of the tables. It runs with the hub's schema as the search path, so its SQL names no schema. A released one never changes. Functions and
 * views are not part of it: they are created again after the last step. Workers of an older release that are open then continue, or are refused by the
 * number of their layout (wire/layouts.ts).
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
