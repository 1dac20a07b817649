import { DATE_EXAMPLES, parseDateText } from "../../model/date-text.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { RUNTIME_STATUSES } from "../../model/status.ts";
import type { RequestQuery } from "../request-query.ts";
import { statusOf } from "../request-query.ts";
import type { OwnFilter } from "./own-filters.ts";
import { OWN_FILTERS, ParameterProblem, readOwnFilter } from "./own-filters.ts";

export interface StrictFilter extends Omit<OwnFilter, "open"> {
  readonly createdFrom: number;
  readonly createdTo: number | null;
  /** Empty: any. */
  readonly statuses: readonly RuntimeStatus[];
  readonly idPrefix?: string;
}

const FROM = "createdTimeFrom";
const TO = "createdTimeTo";
const STATUS = "runtimeStatus";
const PREFIX = "instanceIdPrefix";
const FILTERS = [FROM, TO, STATUS, PREFIX, ...OWN_FILTERS];
/** They narrow nothing: `code` and `clientId` are of the key. */
const OTHERS = ["taskHub", "connection", "code", "clientId"];

/**
 * Which instances something is done to; `besides` are the parameters that say how. Throws ParameterProblem. On purpose stricter than a list, where a value that
 * cannot be read counts as absent: here each filter that is dropped takes more than was meant.
 */
export function readStrictFilter(query: RequestQuery, besides: readonly string[]): StrictFilter {
  const known = new Set([...FILTERS, ...besides, ...OTHERS].map((name) => name.toLowerCase()));
  const unknown = query.names().find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new ParameterProblem(`the parameter "${unknown}" is unknown; there are ${[...FILTERS, ...besides].join(", ")}`);
  const [createdFrom = null, createdTo = null] = [FROM, TO].map((name) => dateOf(query, name));
  if (createdFrom === null) throw unreadable(query, FROM);
  if (createdTo === null && query.all(TO).length > 0) throw unreadable(query, TO);
  const words = query.all(STATUS).flatMap((text) => text.split(","));
  const statuses = words.map(statusOf).filter((status) => status !== null);
  if (statuses.length < words.length) {
    const names = RUNTIME_STATUSES.join(", ");
    throw new ParameterProblem(`"${STATUS}" is ${JSON.stringify(query.text(STATUS))}; expected names among ${names}`);
  }
  const [idPrefix, ...others] = query.all(PREFIX);
  if (idPrefix === "" || others.length > 0)
    throw new ParameterProblem(`"${PREFIX}" is ${JSON.stringify(query.text(PREFIX))}; expected one text that is not empty`);
  const own = { ...readOwnFilter(query), ...(idPrefix === undefined ? {} : { idPrefix }) };
  return { ...own, createdFrom, createdTo, statuses: [...new Set(statuses)] };
}

/** Whether a time is missing that a filter must have, which Azure says in words of its own. */
export const isFromMissing = (query: RequestQuery): boolean => query.all(FROM).length === 0;

/** Given twice it is not a date: it is undefined which of them counts. */
function dateOf(query: RequestQuery, name: string): number | null {
  const [text, ...more] = query.all(name);
  return text === undefined || more.length > 0 ? null : parseDateText(text);
}

function unreadable(query: RequestQuery, name: string): ParameterProblem {
  const given = query.all(name).map((text) => JSON.stringify(text));
  return new ParameterProblem(`"${name}" is ${given.join(" and ") || "missing"}; expected one time such as ${DATE_EXAMPLES}`);
}
