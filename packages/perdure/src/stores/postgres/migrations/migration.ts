/**
 * One step of the schema. It runs with the hub's schema as the search path, so its texts name no schema; functions that are
 * called from outside keep that path (plans.ts). A released one never changes. Workers of an older release go on while a newer one migrates:
 * a function that needs other parameters or answers gets another name.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
