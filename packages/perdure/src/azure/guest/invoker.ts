import { nodeCrypto } from "../../process/node-crypto.ts";
import type { FunctionBindings } from "../bindings/function-bindings.ts";
import type { RpcData, RpcRequest } from "./core-types.ts";
import type { FunctionLog } from "./function-log.ts";
import type { AzureFunction } from "./function-table.ts";
import type { FunctionsCore } from "./functions-core.ts";
import type { InvocationOptions, Invoked } from "./pipeline.ts";
import { invokeFunction } from "./pipeline.ts";

export interface Invoking extends Pick<InvocationOptions, "inputs" | "prepare" | "staysOpen"> {
  /** A guid; absent: a new one. */
  readonly id?: string;
  /** By the names of bindings. */
  readonly data?: readonly RpcRequest["inputData"][number][];
  readonly metadata?: { readonly [name: string]: RpcData };
  readonly trace?: RpcRequest["traceContext"];
  readonly retry?: RpcRequest["retryContext"];
  /** For its lines in the log. */
  readonly instanceId?: string;
  /** Path of management URLs, where a request came in under another one than usual. */
  readonly basePath?: string;
}

export interface InvokerParts {
  readonly core: FunctionsCore;
  readonly log: FunctionLog;
  /** The value of its bindings to the client. */
  readonly client: (basePath?: string) => string;
  /** To storage and Service Bus; null: only orchestrators are run, which have none. */
  readonly bindings: FunctionBindings | null;
}

/** Invokes functions of the app, and says so in the log as the host of Azure does. */
export class Invoker {
  readonly #parts: InvokerParts;

  constructor(parts: InvokerParts) {
    this.#parts = parts;
  }

  /** Rejects with what the function threw. */
  async run(fn: AzureFunction, how: Invoking): Promise<Invoked> {
    const { log, client } = this.#parts;
    const { id = nodeCrypto().randomUUID(), data = [], metadata = {}, instanceId } = how;
    const clients = fn.clients.map((name) => ({ name, data: { json: client(how.basePath) } }));
    const request: RpcRequest = {
      invocationId: id,
      functionId: fn.id,
      inputData: [...data, ...clients],
      triggerMetadata: metadata,
      ...(how.trace === undefined ? {} : { traceContext: how.trace }),
      ...(how.retry === undefined ? {} : { retryContext: how.retry }),
    };
    const fields = { function: fn.name, invocationId: id, ...(instanceId === undefined ? {} : { instanceId }) };
    const said = log.isEnabled(`Function.${fn.name}`, "information");
    const say = (text: string) => log.write(fn.name, "information", "system", text, fields);
    const began = said ? performance.now() : 0;
    if (said) say(`Executing 'Functions.${fn.name}' (Id=${id})`);
    const options: InvocationOptions = {
      ...how,
      log: (level, category, message) => log.write(fn.name, level, category, message, fields),
    };
    try {
      const invoked = await this.#invoked(fn, request, options);
      if (said) say(`Executed 'Functions.${fn.name}' (Succeeded, Id=${id}, Duration=${since(began)}ms)`);
      return invoked;
    } catch (error) {
      if (said) say(`Executed 'Functions.${fn.name}' (Failed, Id=${id}, Duration=${since(began)}ms)`);
      throw error;
    }
  }

  /** Inputs are read before it. Outputs have left when it is said to have succeeded; of an answer to HTTP, which may be a stream, they leave with it. */
  async #invoked(fn: AzureFunction, request: RpcRequest, options: InvocationOptions): Promise<Invoked> {
    const { core, bindings } = this.#parts;
    if (bindings?.has(fn) !== true) return await invokeFunction(core, fn, request, options);
    const inputs = await bindings.inputs(fn, request);
    const { result, respond } = await invokeFunction(core, fn, { ...request, inputData: [...request.inputData, ...inputs] }, options);
    const sent = async () => {
      const response = await respond();
      await bindings.send(fn, request, response);
      return response;
    };
    if (fn.role === "http" && result !== undefined && result !== null) return { result, respond: sent };
    const response = await sent();
    return { result, respond: () => Promise.resolve(response) };
  }
}

const since = (began: number): number => Math.round(performance.now() - began);
