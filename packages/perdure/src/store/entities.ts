import type { InstanceId } from "../model/ids.ts";
import type { InstanceRow } from "./rows.ts";

/** Entities alone: not what is part of Perdure, although its ids begin with their mark too. In order of their ids, by code points: one range of the index over ids, so that a list of one name costs what it shows. */
export interface EntityQuery {
  /** What their ids begin with: `@` for all, `@name@` (with the name's key) for those of one name. */
  readonly prefix: string;
  /** Of the last operation, both ends included; null: any. */
  readonly updatedFrom: number | null;
  readonly updatedTo: number | null;
  /** Those without a state too: they are locked, have mail, or are about to go. */
  readonly emptyOnes: boolean;
  /** False: the state is not read, and null in the rows. */
  readonly showState: boolean;
  /** The last id of the page before; null: from the first one. */
  readonly after: InstanceId | null;
  readonly limit: number;
  /** As in a query of instances. */
  readonly maxBytes?: number;
}

export interface EntityPage {
  readonly rows: readonly InstanceRow[];
  /** `after` of the next page; null when there is nothing more. */
  readonly next: InstanceId | null;
}

/** Behind every id that begins with a prefix of {@link EntityQuery}: `@counter@` → `@counterA`. */
export const behindPrefix = (prefix: string): string =>
  `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
