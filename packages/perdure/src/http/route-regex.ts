import type { RE2JS } from "re2js";

/** What a regular expression of a route may hold and what not, for messages. */
export const ROUTE_REGEX_RULE = "A regex(…) has no back references and no look-around, and counts up to 1,000";

let engine: typeof RE2JS | null = null;

/** To be called before routes are read. Loaded only where one has a `regex(…)`: it takes 25 ms and 15 MB (November 2026). */
export async function loadRouteRegex(functions: readonly { readonly route?: string }[]): Promise<void> {
  if (engine !== null || !functions.some(({ route }) => /:regex\(/i.test(route ?? ""))) return;
  ({ RE2JS: engine } = await import("re2js"));
}

/**
 * As `new RegExp(source, "i")`, but in time that grows with the length of the value and no faster: a value comes from any client that can reach the port, and
 * for a pattern such as `^(a+)+$` the language's own engine tries for ever. Null where it is not a regular expression, or cannot be run that way.
 */
export function routeRegex(source: string): ((value: string) => boolean) | null {
  if (engine === null) throw new Error("loadRouteRegex comes before routes are read");
  if (/(?<!\\)(?:\\\\)*\\k/.test(source)) return null; // `translateRegExp` would read `\k<name>` as the letter k
  try {
    new RegExp(source, "i"); // RE2 takes more than the language
    const pattern = engine.compile(engine.translateRegExp(source), engine.CASE_INSENSITIVE);
    return (value) => pattern.test(value);
  } catch {
    return null;
  }
}
