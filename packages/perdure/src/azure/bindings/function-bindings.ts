import { fault } from "../../errors/perdure-error.ts";
import { isRecord } from "../../model/options.ts";
import type { Binding, RpcData, RpcRequest } from "../guest/core-types.ts";
import type { AzureFunction } from "../guest/function-table.ts";
import { BindingReader } from "../guest/triggers-of.ts";
import type { ClientSources } from "./azure-clients.ts";
import { AzureClients } from "./azure-clients.ts";
import { readBlob } from "./blob-input.ts";
import { dataOfCall } from "./call-data.ts";
import type { BindingData } from "./expressions.ts";
import { filled } from "./expressions.ts";
import type { Output, OutputClients } from "./outputs.ts";
import { outputOf } from "./outputs.ts";
import type { QueueEncoding } from "./queue-text.ts";

export interface FunctionBindingsParts extends ClientSources {
  readonly functions: readonly AzureFunction[];
  readonly queueEncoding: QueueEncoding;
}

/** What of a call its expressions refer to. */
export type CallData = Pick<RpcRequest, "inputData" | "triggerMetadata">;

type InputData = RpcRequest["inputData"];

/** Where a template of an input or output leads, for one call. */
type Place = (data: BindingData) => string;

interface BoundFunction {
  readonly inputs: readonly { readonly name: string; readonly read: (data: BindingData) => Promise<RpcData | null> }[];
  readonly outputs: ReadonlyMap<string, { readonly place: Place; readonly send: Output }>;
}

/**
 * Bindings of functions to storage and Service Bus beside their trigger. They work in the thread of the app, as functions of every kind have them: inputs are
 * read before the call, and outputs leave after it, when the function has succeeded.
 */
export class FunctionBindings {
  readonly #functions = new Map<string, BoundFunction>();
  readonly #clients: AzureClients;

  /** Throws AZURE_CLIENT_MISSING, CONNECTION_MISSING or BINDING_UNUSABLE. */
  constructor(parts: FunctionBindingsParts) {
    this.#clients = new AzureClients(parts);
    for (const fn of parts.functions) {
      const bound = boundFunction(fn, parts, this.#clients);
      if (bound.inputs.length > 0 || bound.outputs.size > 0) this.#functions.set(fn.name, bound);
    }
  }

  has(fn: Pick<AzureFunction, "name">): boolean {
    return this.#functions.has(fn.name);
  }

  /** The values of its inputs. A blob that is not there is left out. Rejects when one cannot be read. */
  async inputs(fn: AzureFunction, call: CallData): Promise<InputData> {
    const inputs = this.#functions.get(fn.name)?.inputs ?? [];
    if (inputs.length === 0) return [];
    const data = dataOfCall(fn, call);
    const values = await Promise.all(inputs.map(async ({ name, read }) => ({ name, data: await read(data) })));
    return values.flatMap(({ name, data: value }) => (value === null ? [] : [{ name, data: value }]));
  }

  /** What the library made of a call that succeeded. Rejects when one output did not leave: then the call has failed. */
  async send(fn: AzureFunction, call: CallData, response: unknown): Promise<void> {
    const outputs = this.#functions.get(fn.name)?.outputs;
    if (outputs === undefined || outputs.size === 0 || !isRecord(response)) return;
    const data = dataOfCall(fn, call);
    const given: readonly unknown[] = Array.isArray(response.outputData) ? response.outputData : [];
    const sending = [...given, { name: "$return", data: response.returnValue }].map(async (one) => {
      if (!isRecord(one) || typeof one.name !== "string") return;
      const found = outputs.get(one.name);
      if (found !== undefined && isRecord(one.data)) await found.send(found.place(data), one.data);
    });
    await Promise.all(sending);
  }

  close(): Promise<void> {
    return this.#clients.close();
  }
}

function boundFunction(fn: AzureFunction, { variables, queueEncoding }: FunctionBindingsParts, clients: AzureClients): BoundFunction {
  const inputs: BoundFunction["inputs"][number][] = [];
  const outputs = new Map<string, { readonly place: Place; readonly send: Output }>();
  for (const [name, binding] of Object.entries(fn.metadata.bindings)) {
    if (name === fn.trigger) continue;
    const reader = new BindingReader(fn.name, name, binding, variables);
    if (binding.direction === "out") {
      const own: OutputClients = { clients, queueEncoding, connection: reader.text("connection") ?? "", function: fn.name };
      const send = outputOf(binding, own);
      if (send !== null) outputs.set(name, { place: placeOf(fn, binding, reader), send });
    } else if (binding.type.toLowerCase() === "blob") {
      const place = placeOf(fn, binding, reader);
      const service = clients.blobs({ function: fn.name, binding: "blob input", connection: reader.text("connection") ?? "" });
      inputs.push({ name, read: (data) => readBlob(service, place(data)) });
    }
  }
  return { inputs, outputs };
}

const PROPERTIES = ["path", "queueName", "topicName"] as const;

function placeOf(fn: AzureFunction, { type, direction }: Binding, reader: BindingReader): Place {
  const shown = `${type} ${direction === "out" ? "output" : "input"}`;
  const template = PROPERTIES.map((property) => reader.text(property)).find((text) => text !== null && text !== "");
  if (typeof template !== "string") throw fault("BINDING_UNUSABLE", fn.name, shown, `it has none of ${PROPERTIES.join(", ")}`);
  return (data) => {
    const found = filled(template, data, new Date());
    if ("text" in found) return found.text;
    const known = [...data.keys()].map((name) => `{${name}}`).join(", ");
    throw fault("BINDING_UNUSABLE", fn.name, shown, `this call has nothing for {${found.unknown}} of "${template}"; it has ${known}`);
  };
}
