import type { BindingValue } from "../../app-threads/guest.ts";
import { isRecord } from "../../model/options.ts";
import type { RpcData } from "./core-types.ts";

/** Null: there is none. */
export function rpcData(value: BindingValue): RpcData | null {
  switch (value.kind) {
    case "none":
      return null;
    case "string":
      return { string: value.text };
    case "json":
      return { json: value.text };
    case "bytes":
      return { bytes: value.bytes };
    case "list": {
      const bytes = value.values.flatMap((one) => (one.kind === "bytes" ? [one.bytes] : []));
      if (bytes.length > 0) return { collectionBytes: { bytes } };
      return { collectionString: { string: value.values.flatMap((one) => ("text" in one ? [one.text] : [])) } };
    }
  }
}

/** What the library made of a value: one member says its kind. */
export function bindingValue(data: unknown): BindingValue {
  if (!isRecord(data)) return { kind: "none" };
  const { string, json, bytes, int, double } = data;
  if (typeof string === "string") return { kind: "string", text: string };
  if (typeof json === "string") return { kind: "json", text: json };
  if (bytes instanceof Uint8Array) return { kind: "bytes", bytes };
  const number = int ?? double;
  return typeof number === "number" ? { kind: "json", text: JSON.stringify(number) } : { kind: "none" };
}

/** The parts of a response of the library. */
export function outputsOf(response: unknown): {
  readonly returnValue: unknown;
  readonly outputs: { readonly [binding: string]: BindingValue };
} {
  if (!isRecord(response)) return { returnValue: undefined, outputs: {} };
  const data: readonly unknown[] = Array.isArray(response.outputData) ? response.outputData : [];
  const outputs = data.flatMap((one) =>
    isRecord(one) && typeof one.name === "string" ? [[one.name, bindingValue(one.data)] as const] : [],
  );
  return { returnValue: response.returnValue, outputs: Object.fromEntries(outputs) };
}
