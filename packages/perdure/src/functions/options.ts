import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fault } from "../errors/perdure-error.ts";

type Options = { readonly [option: string]: unknown };
type Handler = (...args: readonly unknown[]) => unknown;

/** `[handler]` or `[options, handler]`, checked. */
export function handlerOf(rest: readonly unknown[], where: string): { readonly options: Options; readonly handler: Handler } {
  const [first, second] = rest;
  const handler = rest.length === 1 ? first : second;
  const options = rest.length === 1 ? {} : first;
  if (typeof handler !== "function") throw fault("CALL_INVALID", where, "its last argument is not a function");
  if (typeof options !== "object" || options === null) throw fault("CALL_INVALID", where, "its options are not an object");
  return { options: options as Options, handler: handler as Handler };
}

export function schemaOption(options: Options, option: string, where: string): StandardSchemaV1 | null {
  const schema = options[option];
  if (schema === undefined) return null;
  if ((typeof schema === "object" || typeof schema === "function") && schema !== null && "~standard" in schema)
    return schema as StandardSchemaV1;
  throw fault("OPTION_INVALID", where, option, schema, "a Standard Schema (zod, valibot, arktype …)");
}
