import { DATE_EXAMPLES, parseDateText } from "../../model/date-text.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { RUNTIME_STATUSES } from "../../model/status.ts";
import type { RequestQuery } from "../request-query.ts";
import { statusOf } from "../request-query.ts";
import type { OwnFilter } from "./own-filters.ts";
import { boolean, OWN_FILTERS, ParameterProblem, readOwnFilter } from "./own-filters.ts";

export interface PurgeRange extends Omit<OwnFilter, "open"> {
  readonly createdFrom: number;
  readonly createdTo: number | null;
  /** Empty: any. */
  readonly statuses: readonly RuntimeStatus[];
  readonly idPrefix?: string;
  readonly recursive: boolean;
  readonly reason: string | null;
}

const FROM = "createdTimeFrom";
const TO = "createdTimeTo";
const STATUS = "runtimeStatus";
const PREFIX = "instanceIdPrefix";
const RECURSIVE = "recursive";
const REASON = "reason";
const FILTERS = [FROM, TO, STATUS, PREFIX, ...OWN_FILTERS, RECURSIVE, REASON];
/** They narrow nothing: `code` and `clientId` are of the key. */
const OTHERS = ["taskHub", "connection", "code", "clientId"];
const KNOWN: ReadonlySet<string> = new Set([...FILTERS, ...OTHERS].map((name) => name.toLowerCase()));

/**
 * What a DELETE of many instances may take, or in words why not. On purpose stricter than a list, where a value that cannot be read counts as
 * absent: here each filter that is dropped deletes more than was meant.
 */
export function readPurgeFilter(query: RequestQuery): PurgeRange | { readonly problem: string } {
  const unknown = query.names().find((name) => !KNOWN.has(name));
  if (unknown !== undefined) return refusal(`the parameter "${unknown}" is unknown; there are ${FILTERS.join(", ")}`);
  if (query.all(FROM).length === 0) return { problem: "Please provide value for 'createdTimeFrom' parameter." };
  const [createdFrom = null, createdTo = null] = [FROM, TO].map((name) => dateOf(query, name));
  if (createdFrom === null) return unreadable(query, FROM);
  if (createdTo === null && query.all(TO).length > 0) return unreadable(query, TO);
  const words = query.all(STATUS).flatMap((text) => text.split(","));
  const statuses = words.map(statusOf).filter((status) => status !== null);
  if (statuses.length < words.length) {
    return refusal(`"${STATUS}" is ${JSON.stringify(query.text(STATUS))}; expected names among ${RUNTIME_STATUSES.join(", ")}`);
  }
  const [idPrefix, ...others] = query.all(PREFIX);
  if (idPrefix === "" || others.length > 0)
    return refusal(`"${PREFIX}" is ${JSON.stringify(query.text(PREFIX))}; expected one text that is not empty`);
  try {
    const recursive = boolean(query, RECURSIVE) ?? false;
    const own = { ...readOwnFilter(query), ...(idPrefix === undefined ? {} : { idPrefix }) };
    return { ...own, createdFrom, createdTo, statuses: [...new Set(statuses)], recursive, reason: query.text(REASON) };
  } catch (error) {
    if (error instanceof ParameterProblem) return refusal(error.message);
    throw error;
  }
}

/** Given twice it is not a date: it is undefined which of them counts. */
function dateOf(query: RequestQuery, name: string): number | null {
  const [text, ...more] = query.all(name);
  return text === undefined || more.length > 0 ? null : parseDateText(text);
}

const unreadable = (query: RequestQuery, name: string) =>
  refusal(
    `"${name}" is ${query
      .all(name)
      .map((text) => JSON.stringify(text))
      .join(" and ")}; expected one time such as ${DATE_EXAMPLES}`,
  );

const refusal = (why: string) => ({ problem: `Nothing was purged: ${why}.` });
