import type { RuntimeStatus } from "../../../model/status.ts";
import type { InstanceFilter } from "../../../store/queries.ts";
import { endedAs } from "../../episode-rows.ts";
import type { Dialect } from "../../filter-sql.ts";
import { refuseUnstorable } from "../wire/texts.ts";

/** Behind every id with a prefix, in order of code points: ids have at most 256 characters. */
const BEHIND = "\u{10ffff}".repeat(257);

/** Few end so, and an index has them alone. */
export const isUnhappy = (statuses: readonly RuntimeStatus[]): boolean =>
  statuses.length > 0 && statuses.every((status) => endedAs(status) > 1);

/** The text of one statement, and its values. */
export class PostgresSql implements Dialect {
  readonly values: unknown[] = [];

  place(value: unknown): string {
    if (typeof value === "string") refuseUnstorable(value, "filter");
    return `$${this.values.push(value)}`;
  }

  isOneOf(column: string, values: readonly string[]): string {
    for (const value of values) refuseUnstorable(value, "filter");
    return `${column} = ANY (${this.place(values)}::text[])`;
  }

  beginsWith(idPrefix: string): string {
    return `i.instance_id >= ${this.place(idPrefix)} AND i.instance_id < ${this.place(`${idPrefix}${BEHIND}`)}`;
  }

  contains(column: string, text: string): string {
    return `strpos(${column}, ${this.place(text)}) > 0`;
  }

  mayHaveOutput(text: string): string {
    return `(i.output_z IS NOT NULL OR strpos(i.output, ${this.place(text)}) > 0)`;
  }

  endedAs(status: RuntimeStatus): string {
    return `i.ended_as > 1 AND i.ended_as = ${endedAs(status)}`;
  }

  ended({ statuses, endedFrom, endedTo }: InstanceFilter): string {
    const tests = isUnhappy(statuses)
      ? ["i.ended_as > 1", `i.ended_as = ANY ('{${statuses.map(endedAs).join()}}'::smallint[])`]
      : ["i.completed_at IS NOT NULL"];
    if (endedFrom !== undefined) tests.push(`i.completed_at >= ${this.place(endedFrom)}`);
    if (endedTo !== undefined) tests.push(`i.completed_at <= ${this.place(endedTo)}`);
    return tests.join(" AND ");
  }
}
