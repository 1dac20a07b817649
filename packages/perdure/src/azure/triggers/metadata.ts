import type { BindingValue } from "../../app-threads/guest.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import { jsonObject } from "../bindings/json-object.ts";

type Metadata = { readonly [name: string]: BindingValue };

export const text = (value: string): BindingValue => ({ kind: "string", text: value });
export const json = (value: unknown): BindingValue =>
  value === undefined ? { kind: "none" } : { kind: "json", text: JSON.stringify(value) };

/** What every trigger has beside its own. */
export const systemMetadata = (functionName: string): Metadata => ({
  sys: json({ MethodName: functionName, UtcNow: new Date().toISOString(), RandGuid: nodeCrypto().randomUUID() }),
});

/** The properties of a message that is an object in JSON: expressions of other bindings refer to them. */
export function propertiesOf(message: string): Metadata {
  const properties = Object.entries(jsonObject(message) ?? {});
  return Object.fromEntries(properties.map(([name, one]) => [name, typeof one === "string" ? text(one) : json(one)]));
}
