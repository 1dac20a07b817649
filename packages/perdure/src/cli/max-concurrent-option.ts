import type { MaxConcurrent } from "../task-hub/max-concurrent.ts";
import type { OptionSpec } from "./options.ts";

/** `{ total: 8, each: { Pack: 2 } }` from `8,Pack=2`. Whether there are such activities is for the task hub to say. */
export const maxConcurrent = (help: string): OptionSpec<MaxConcurrent> => ({
  kind: "text",
  placeholder: "N,NAME=N,…",
  help,
  expected: 'whole numbers from 1, separated by commas: one for all, and names with theirs, such as "8,Pack=2,Ship=1"',
  parse: (value) => {
    const parts = value.split(",").map((part) => /^\s*(?:(\S.*?)\s*=\s*)?([1-9]\d*)\s*$/.exec(part));
    const totals = parts.filter((part) => part?.[1] === undefined);
    if (parts.includes(null) || totals.length > 1) return null;
    const pairs = parts.flatMap((part) => (part?.[1] === undefined ? [] : [[part[1], Number(part[2])] as const]));
    const total = totals[0]?.[2];
    return { ...(total === undefined ? {} : { total: Number(total) }), ...(pairs.length === 0 ? {} : { each: Object.fromEntries(pairs) }) };
  },
});
