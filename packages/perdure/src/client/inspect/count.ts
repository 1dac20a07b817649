import type { InstanceCount } from "../../store/queries.ts";
import type { Count } from "./row-types.ts";

export const countOf = ({ count, exact }: InstanceCount): Count => ({ n: count, isExact: exact });

export const sumOf = (counts: readonly Count[]): Count => ({
  n: counts.reduce((sum, { n }) => sum + n, 0),
  isExact: counts.every(({ isExact }) => isExact),
});
