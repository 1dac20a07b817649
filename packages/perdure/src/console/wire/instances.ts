import type { InstanceDetail as InspectedDetail, InspectFilter } from "../../client/inspect/types.ts";
import type { CodeSite } from "./inspected.ts";

/** Query of GET `/instances`; lists are separated by commas. */
export interface InstanceFilter extends Omit<InspectFilter, "tags"> {
  /** `key:value`; all of them. */
  readonly tag?: readonly string[];
}

export interface InstanceQuery extends InstanceFilter {
  /** Default `newest`, by the time of creation; `ended`: the last to end first. */
  readonly order?: "newest" | "oldest" | "ended";
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** GET `/instances/{id}`. */
export interface InstanceDetail extends InspectedDetail {
  /** Workers that have had it, or run something of it, as far as this host has seen. */
  readonly heldBy: readonly number[];
}

/** POST `/instances/lookup`, up to 100 ids. Those that are gone are left out. */
export interface Lookup {
  readonly ids: readonly string[];
}

/** POST `/instances/doing`, up to 50 ids; those that are gone are left out. */
export interface DoingRequest {
  readonly ids: readonly string[];
}

/** GET `/source?file=&line=`: only where `features` has `source`. */
export interface CodeFrame extends CodeSite {
  readonly firstLine: number;
  readonly lines: readonly string[];
}
