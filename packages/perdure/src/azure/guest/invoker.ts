import { nodeCrypto } from "../../process/node-crypto.ts";
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
}

/** Invokes functions of the app, and says so in the log as the host of Azure does. */
export class Invoker {
  readonly #parts: InvokerParts;

  constructor(parts: InvokerParts) {
    this.#parts = parts;
  }

  /** Rejects with what the function threw. */
  async run(fn: AzureFunction, how: Invoking): Promise<Invoked> {
    const { core, log, client } = this.#parts;
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
      const invoked = await invokeFunction(core, fn, request, options);
      if (said) say(`Executed 'Functions.${fn.name}' (Succeeded, Id=${id}, Duration=${since(began)}ms)`);
      return invoked;
    } catch (error) {
      if (said) say(`Executed 'Functions.${fn.name}' (Failed, Id=${id}, Duration=${since(began)}ms)`);
      throw error;
    }
  }
}

const since = (began: number): number => Math.round(performance.now() - began);
