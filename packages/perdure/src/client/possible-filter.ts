import type { RuntimeStatus } from "../model/status.ts";
import { withImplied } from "../store/filter.ts";
import type { ClientFilter } from "./types.ts";

/** Parts that may exclude each other, or the statuses. */
const EXCLUDING = ["open", "stopped", "errorText"] as const;

export interface ImpossiblePart {
  readonly part: (typeof EXCLUDING)[number] | "runtimeStatus";
  readonly value: unknown;
  readonly expected: string;
}

/** The statuses that are meant by a filter of what only instances of some have; empty: all. */
export const statusesAmong = (asked: readonly RuntimeStatus[], possible: readonly RuntimeStatus[] | null): readonly RuntimeStatus[] =>
  asked.length > 0 || possible === null ? asked : possible;

/**
 * For what is done to many instances: a filter that no instance can have, of those whose status is possible, is a mistake and not an empty selection. Null: one
 * can. `possible` null: of any status.
 */
export function impossiblePart(filter: ClientFilter, possible: readonly RuntimeStatus[] | null): ImpossiblePart | null {
  const other = possible === null ? undefined : filter.statuses.find((status) => !possible.includes(status));
  if (other !== undefined) return { part: "runtimeStatus", value: other, expected: `names among ${possible?.join(", ")}` };
  const asked = { ...filter, statuses: statusesAmong(filter.statuses, possible) };
  if (withImplied(asked, false) !== null) return null;
  const expected = "something else: no instance that the rest of this filter means can be so";
  for (const part of EXCLUDING) {
    const { [part]: value, ...rest } = asked;
    if (value !== undefined && value !== null && withImplied({ stopped: null, ...rest }, false) !== null) return { part, value, expected };
  }
  return { part: "runtimeStatus", value: filter.statuses, expected };
}
