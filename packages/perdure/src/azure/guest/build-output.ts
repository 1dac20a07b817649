import { stripVTControlCharacters } from "node:util";

const MOST_LINES = 12;
const LONGEST_LINE = 300;
/** What npm says around a script. */
const OF_NPM = /^> |^npm (?:error|ERR!|warn|notice)/i;

/** What matters of what a build has printed: without what npm says itself, and of many lines those that tell of an error. */
export function buildOutput(said: string): string {
  const all = stripVTControlCharacters(said)
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const own = all.filter((line) => !OF_NPM.test(line));
  const lines = own.length === 0 ? all : own;
  const shown = mostTelling(lines).map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
  const more = lines.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`(${more} more lines)`])].join("\n");
}

function mostTelling(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const errors = lines.filter((line) => /error/i.test(line));
  return errors.length === 0 ? lines.slice(-MOST_LINES) : errors.slice(0, MOST_LINES);
}
