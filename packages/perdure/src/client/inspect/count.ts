import type { InstanceCount } from "../../store/queries.ts";
import type { Count } from "./row-types.ts";

export const countOf = ({ count, exact }: InstanceCount): Count => ({ n: count, isExact: exact });

/** Null: there is none. */
export const countText = (count: number, one: string, many: string): string | null =>
  count === 0 ? null : `${count} ${count === 1 ? one : many}`;

export const sumOf = (counts: readonly Count[]): Count => ({
  n: counts.reduce((sum, { n }) => sum + n, 0),
  isExact: counts.every(({ isExact }) => isExact),
});
