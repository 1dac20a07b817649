type Handler = (input: unknown, context: object) => unknown;
type Wrap = (handler: Handler) => Handler;

/** The file of `durable-functions` in which activities are registered, and what it has of its own around each of them, from 3.4.0 on. */
const FILE = "/lib/src/app.js";
const DECLARED = "function wrapActivityHandler(handler) {";
const KEY = Symbol.for("perdure:activity-wrapper");

/**
 * What the library gives a failed activity goes through its own wrapper; around all others it would cost as much as the rest of the call: the wrapper is compiled to a generator function that is
 * made at each call, and V8 makes a hidden class for each in its old generation, which keeps input and context until the next full collection.
 */
const failuresOnly =
  (wrap: Wrap): Wrap =>
  (handler) =>
  async (input, context) => {
    try {
      return await handler(input, context);
    } catch (error) {
      return await wrap(() => {
        throw error;
      })(input, context);
    }
  };

/** The source of a module with one more line, if it is that file; else as it is. */
export function withLeanActivities<Source>(url: string, source: Source): Source | string {
  if (typeof source !== "string" || !url.endsWith(FILE) || !source.includes(DECLARED)) return source;
  (globalThis as { [key: symbol]: unknown })[KEY] = failuresOnly;
  return `${source}\nwrapActivityHandler = globalThis[Symbol.for(${JSON.stringify(KEY.description)})](wrapActivityHandler);\n`;
}
