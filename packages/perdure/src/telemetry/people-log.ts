import { visible, visibleLines } from "../model/visible-text.ts";
import type { ClosableLog } from "./closable-log.ts";
import type { LogEntry } from "./engine-log.ts";
import type { LogLevel } from "./levels.ts";
import { isEnabled } from "./levels.ts";
import { errorStack, isError, valueText } from "./value-text.ts";

export interface PeopleLogOptions {
  readonly level: LogLevel;
  readonly colour: boolean;
  readonly write: (text: string) => void;
  /** The time of day that stands before a line. */
  readonly now: () => Date;
}

const COLOUR = { dim: 2, red: 31, green: 32, yellow: 33 } as const;
type Colour = keyof typeof COLOUR;

const MARK: { readonly [level in LogEntry["level"]]: { readonly text: string; readonly colour: Colour } } = {
  debug: { text: "debug", colour: "dim" },
  info: { text: "info ", colour: "green" },
  warn: { text: "warn ", colour: "yellow" },
  error: { text: "ERROR", colour: "red" },
};

/** One line for each entry: short time, level, message, then the fields. For a terminal; programs read `jsonLog`. */
export function peopleLog(options: PeopleLogOptions): ClosableLog {
  const paint = (text: string, colour: Colour) => (options.colour ? `\x1b[${COLOUR[colour]}m${text}\x1b[0m` : text);
  return {
    enabled: (level) => isEnabled(level, options.level),
    write(entry) {
      if (!isEnabled(entry.level, options.level)) return;
      const mark = MARK[entry.level];
      const fields = fieldsText(entry.fields);
      const tail = fields === "" ? "" : ` ${paint(fields, "dim")}`;
      options.write(
        `${paint(clockText(options.now()), "dim")} ${paint(mark.text, mark.colour)} ${visible(entry.message)}${tail}${stackText(entry)}\n`,
      );
    },
    flush() {},
    passOn: (line) => options.write(`${line}\n`),
  };
}

/** `13:45:07.123`, local time, which people at a terminal expect. */
function clockText(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Longest value shown on a terminal line; the whole one is in the structured log and in history. */
const MAX_VALUE_LENGTH = 120;

function fieldsText(fields: LogEntry["fields"]): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined || value === null || isError(value)) continue;
    parts.push(`${visible(key)}=${visible(shortened(valueText(value)))}`);
  }
  return parts.join(" ");
}

function shortened(text: string): string {
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}… (${text.length} characters)`;
}

function stackText(entry: LogEntry): string {
  const error = Object.values(entry.fields).find(isError);
  if (error === undefined) return "";
  return `\n${visibleLines(errorStack(error)).replace(/^/gm, "    ")}`;
}
