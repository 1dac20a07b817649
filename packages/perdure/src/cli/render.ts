import { visible } from "../model/visible-text.ts";

/** Columns side by side, as wide as their widest cell; the last one is not padded. */
export function renderTable(heading: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(visible));
  const widths = heading.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return `${[heading, ...rows].map(line).join("\n")}\n`;
}

/** `name: value` lines, values in one column. */
export function renderFields(fields: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...fields.map(([name]) => name.length + 1));
  return fields.map(([name, value]) => `${`${name}:`.padEnd(width)} ${visible(value)}\n`).join("");
}

/** JSON on one line, cut where a terminal line would not hold it. */
export function shortJson(value: unknown, longest = 200): string {
  const text = JSON.stringify(value) ?? "";
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

/** The whole answer of a command under `--json`. What JSON leaves as it is and a terminal would obey is escaped too. */
export const jsonLine = (value: unknown): string => `${visible(JSON.stringify(value))}\n`;

/** `1 instance`, `2 instances`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
