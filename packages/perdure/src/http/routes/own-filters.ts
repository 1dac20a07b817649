import type { ClientFilter, ClientQuery } from "../../client/types.ts";
import { DATE_EXAMPLES, parseDateText } from "../../model/date-text.ts";
import { definedOf } from "../../model/options.ts";
import type { RequestQuery } from "../request-query.ts";

export type OwnFilter = Pick<
  ClientFilter,
  "name" | "version" | "open" | "endedFrom" | "endedTo" | "parentInstanceId" | "tags" | "errorText"
>;

/** Azure does not have them. */
export const OWN_FILTERS = ["name", "version", "endedTimeFrom", "endedTimeTo", "parentInstanceId", "tag", "errorText"] as const;

/** Why a parameter of ours cannot be read. */
export class ParameterProblem extends Error {}

/** Unlike those of Azure, which count as absent then, one that cannot be read is refused: it would find more than was meant. Throws ParameterProblem. */
export function readOwnFilter(query: RequestQuery): OwnFilter {
  return definedOf({
    name: text(query, "name"),
    version: text(query, "version"),
    open: boolean(query, "open"),
    endedFrom: timeIn(query, "endedTimeFrom"),
    endedTo: timeIn(query, "endedTimeTo"),
    parentInstanceId: text(query, "parentInstanceId"),
    tags: tagsIn(query),
    errorText: text(query, "errorText"),
  });
}

export function readOrder(query: RequestQuery): Pick<ClientQuery, "orderBy" | "newestFirst"> {
  const by = only(query, "orderBy");
  if (by !== undefined && !isOrder(by)) throw problem("orderBy", by, "created or ended");
  return { orderBy: by ?? "created", newestFirst: boolean(query, "newestFirst") ?? false };
}

export function boolean(query: RequestQuery, name: string): boolean | undefined {
  const word = only(query, name)?.trim().toLowerCase();
  if (word === undefined) return undefined;
  if (word !== "true" && word !== "false") throw problem(name, word, "true or false");
  return word === "true";
}

export function count(query: RequestQuery, name: string): number | undefined {
  const word = only(query, name);
  if (word === undefined) return undefined;
  const value = /^\d{1,15}$/.test(word) ? Number(word) : 0;
  if (value < 1) throw problem(name, word, "a whole number, at least 1");
  return value;
}

const isOrder = (text: string): text is "created" | "ended" => text === "created" || text === "ended";

function text(query: RequestQuery, name: string): string | undefined {
  const value = only(query, name);
  if (value === "") throw problem(name, value, "a text that is not empty");
  return value;
}

export function timeIn(query: RequestQuery, name: string): number | undefined {
  const value = only(query, name);
  if (value === undefined) return undefined;
  const ms = parseDateText(value);
  if (ms === null) throw problem(name, value, `one time such as ${DATE_EXAMPLES}`);
  return ms;
}

export function tagsIn(query: RequestQuery): OwnFilter["tags"] {
  const given = query.all("tag");
  if (given.length === 0) return undefined;
  const pairs = given.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw problem("tag", pair, "NAME=VALUE");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Given twice it is undefined which of them counts. */
function only(query: RequestQuery, name: string): string | undefined {
  const [value, ...more] = query.all(name);
  if (more.length > 0) throw problem(name, query.all(name).join(", "), "one value");
  return value;
}

const problem = (name: string, value: string, expected: string) =>
  new ParameterProblem(`"${name}" is ${JSON.stringify(value)}; expected ${expected}`);
