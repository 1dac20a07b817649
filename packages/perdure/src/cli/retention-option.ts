import { parseDuration } from "../model/duration.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import type { KeepFor, RetentionByStatus, RetentionOptions } from "../task-hub/retention-option.ts";
import type { OptionSpec } from "./options.ts";

/** `30d,Failed=90d,Nightly=1d`: for all, for a status, for an orchestrator. */
export const retention = (help: string): OptionSpec<RetentionOptions> => ({
  kind: "text",
  placeholder: "DURATION,NAME=…",
  help,
  expected: 'a duration such as "30d", or forever; and others by status or orchestrator, such as "30d,Failed=90d,Nightly=1d"',
  parse: (text) => {
    const parts = text.split(",").map((part) => /^\s*(?:(\S.*?)\s*=\s*)?(\S+)\s*$/.exec(part));
    const byStatus: { [status: string]: KeepFor } = {};
    const perFunction: { [name: string]: KeepFor } = {};
    for (const part of parts) {
      const keeps = keepFor(part?.[2]);
      if (keeps === null) return null;
      const name = part?.[1];
      const status = name === undefined ? "default" : TERMINAL_STATUSES.find((one) => one.toLowerCase() === name.toLowerCase());
      const [table, key] = status === undefined ? [perFunction, name ?? ""] : [byStatus, status];
      if (Object.hasOwn(table, key)) return null;
      table[key] = keeps;
    }
    return { ...(byStatus as RetentionByStatus), ...(Object.keys(perFunction).length === 0 ? {} : { perFunction }) };
  },
});

export const keeping = (help: string): OptionSpec<KeepFor> => ({
  kind: "text",
  placeholder: "DURATION",
  help,
  expected: 'a duration such as "30d", or forever',
  parse: keepFor,
});

function keepFor(text: string | undefined): KeepFor | null {
  if (text === "forever") return text;
  const ms = text === undefined ? null : parseDuration(text);
  return ms === null ? null : { milliseconds: ms };
}
