import { createRequire } from "node:module";
import { types } from "node:util";

/**
 * Members that newer Nodes removed from `util` and old releases of the libraries call: `durable-functions` up to 3.3.0 makes every timer with `isDate`, which is gone
 * since Node 23.
 */
const REMOVED: { readonly [name: string]: (value: unknown) => boolean } = {
  isArray: Array.isArray,
  isBoolean: (value) => typeof value === "boolean",
  isBuffer: (value) => Buffer.isBuffer(value),
  isDate: types.isDate,
  isError: (value) => types.isNativeError(value) || value instanceof Error,
  isFunction: (value) => typeof value === "function",
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === "number",
  isObject: (value) => value !== null && typeof value === "object",
  isPrimitive: (value) => value === null || (typeof value !== "object" && typeof value !== "function"),
  isRegExp: types.isRegExp,
  isString: (value) => typeof value === "string",
  isSymbol: (value) => typeof value === "symbol",
  isUndefined: (value) => value === undefined,
};

/** Puts back what is missing, and touches nothing that is there. What CommonJS gets of a module of Node is one object for the whole thread. */
export function restoreRemovedMembers(): void {
  const util: object = createRequire(import.meta.url)("node:util");
  for (const [name, value] of Object.entries(REMOVED)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true, writable: true, enumerable: true });
  }
}
