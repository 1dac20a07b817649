import type { CodeSite, WireFailure } from "../api/wire.ts";

const FRAME = /^\s*at (?:.*\()?(?:async )?(?:file:\/\/(?:\/(?=[A-Za-z]:))?)?((?:[A-Za-z]:)?[^():]+):(\d+)(?::(\d+))?\)?$/;
const FOREIGN = /node:|node_modules|\/perdure\/(?:src|dist)\/|packages\/perdure\//;

/** Where a failure was thrown: the first line of its stack that is the author's. */
export function siteOf({ stack }: WireFailure): CodeSite | null {
  for (const line of (stack ?? "").split("\n")) {
    const [, file, row, column] = FRAME.exec(line) ?? [];
    if (file === undefined || row === undefined || FOREIGN.test(line)) continue;
    return { file, line: Number(row), column: column === undefined ? null : Number(column) };
  }
  return null;
}

/** A line of a stack, with as much of its file as a person needs. */
export function frameText(line: string): string {
  const [, file] = FRAME.exec(line) ?? [];
  return file === undefined ? line.trim() : line.trim().replace(/(?:file:\/\/)?[^\s()]*(?=:\d+:\d+\)?$)/, shortFile(file));
}

/** The last parts of a path: what a person knows it by. */
export function shortFile(file: string): string {
  const parts = file.split(/[\\/]/).filter((part) => part !== "");
  return parts.length <= 3 ? parts.join("/") : parts.slice(-3).join("/");
}

export const siteText = ({ file, line, column }: CodeSite): string => `${shortFile(file)}:${line}${column === null ? "" : `:${column}`}`;
