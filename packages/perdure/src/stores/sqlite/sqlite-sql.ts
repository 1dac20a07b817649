import { TERMINAL_STATUSES } from "../../model/status.ts";
import type { InstanceFilter } from "../../store/queries.ts";
import type { Dialect } from "../filter-sql.ts";
import { OUTPUT_ASIDE } from "./rows-of.ts";

type Value = string | number;

/** The text of one statement, and its values. */
export class SqliteSql implements Dialect {
  readonly values: Value[] = [];

  place(value: unknown): string {
    // Safe: filters are numbers and strings.
    return `?${this.values.push(value as Value)}`;
  }

  isOneOf(column: string, values: readonly string[]): string {
    return `${column} IN (SELECT value FROM json_each(${this.place(JSON.stringify(values))}))`;
  }

  beginsWith(idPrefix: string): string {
    const begins = this.place(idPrefix);
    const tests = [`i.instance_id >= ${begins}`, `substr(i.instance_id, 1, ${[...idPrefix].length}) = ${begins}`];
    const end = prefixEnd(idPrefix);
    if (end !== null) tests.push(`i.instance_id < ${this.place(end)}`);
    return tests.join(" AND ");
  }

  contains(column: string, text: string): string {
    return `instr(${column}, ${this.place(text)}) > 0`;
  }

  mayHaveOutput(text: string): string {
    return `(i.side & ${OUTPUT_ASIDE} <> 0 OR typeof(i.output) = 'blob' OR instr(i.output, ${this.place(text)}) > 0)`;
  }

  ended({ statuses, endedFrom, endedTo }: InstanceFilter): string {
    const tests = ["i.completed_at IS NOT NULL", this.isOneOf("i.status", statuses.length === 0 ? TERMINAL_STATUSES : statuses)];
    if (endedFrom !== undefined) tests.push(`i.completed_at >= ${this.place(endedFrom)}`);
    if (endedTo !== undefined) tests.push(`i.completed_at <= ${this.place(endedTo)}`);
    return tests.join(" AND ");
  }
}

/** The first text, in order of code points as SQLite compares UTF-8, that is behind all texts with this prefix; null when there is none. */
function prefixEnd(prefix: string): string | null {
  const points = [...prefix].map((char) => char.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}
