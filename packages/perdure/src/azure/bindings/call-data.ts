import type { RpcData, RpcRequest } from "../guest/core-types.ts";
import type { AzureFunction } from "../guest/function-table.ts";
import type { BindingData } from "./expressions.ts";
import { bindingData } from "./expressions.ts";
import { jsonObject } from "./json-object.ts";

/** What expressions may name: metadata of the trigger, properties of what triggered it if that is an object in JSON, and of a request its query and route. */
export function dataOfCall(
  { trigger }: Pick<AzureFunction, "trigger">,
  call: Pick<RpcRequest, "inputData" | "triggerMetadata">,
): BindingData {
  const value = call.inputData.find(({ name }) => name === trigger)?.data;
  const metadata = Object.fromEntries(Object.entries(call.triggerMetadata).map(([name, data]) => [name, metadataValue(data)]));
  if (value === undefined) return bindingData(metadata);
  // As Azure's host does it: what a message says of itself wins over what the queue says of it. Of a request its route wins.
  return "http" in value ? bindingData(...partsOf(value), metadata) : bindingData(metadata, ...partsOf(value));
}

function partsOf(data: RpcData): readonly { readonly [name: string]: unknown }[] {
  if (!("http" in data)) return [jsonObject(textOf(data)) ?? {}];
  const { body, query, params } = data.http;
  return [jsonObject(body === undefined ? "" : Buffer.from(body.bytes).toString("utf8")) ?? {}, query, params];
}

const textOf = (data: RpcData): string => ("string" in data ? data.string : "json" in data ? data.json : "");

function metadataValue(data: RpcData): unknown {
  if ("string" in data) return data.string;
  return "json" in data ? JSON.parse(data.json) : undefined;
}
