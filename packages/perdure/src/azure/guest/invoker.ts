import { beginCall } from "../../app-threads/call-place.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import type { FunctionBindings } from "../bindings/function-bindings.ts";
import type { RpcData, RpcRequest } from "./core-types.ts";
import type { DirectCall } from "./direct-call.ts";
import { DirectCalls, requestOf } from "./direct-call.ts";
import type { FunctionLog } from "./function-log.ts";
import type { AzureFunction } from "./function-table.ts";
import type { FunctionsCore } from "./functions-core.ts";
import type { InvocationOptions, Invoked } from "./pipeline.ts";
import { invokeFunction } from "./pipeline.ts";
import type { TimedRun } from "./within-timeout.ts";
import { withinTimeout } from "./within-timeout.ts";

export interface Invoking {
  /** A guid; absent: a new one. */
  readonly id?: string;
  /** By the names of bindings. */
  readonly data?: readonly RpcRequest["inputData"][number][];
  readonly metadata?: { readonly [name: string]: RpcData };
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
  /** Of one invocation with its answer, ms; null: none. */
  readonly timeoutMs: number | null;
}

/** Invokes functions of the app, no longer than each may run, and says so in the log as the host of Azure does. */
export class Invoker {
  readonly #parts: InvokerParts;
  readonly #direct: DirectCalls;

  constructor(parts: InvokerParts) {
    this.#parts = parts;
    this.#direct = new DirectCalls(parts.core, (fn, call, ...line) => this.#logOf(fn, call.id, call.instanceId)(...line));
  }

  /** `finish`: what is made of the answer, in the time and the lines of the invocation. Rejects with what the function threw, or since it took too long. */
  run<Value>(fn: AzureFunction, how: Invoking, finish: (invoked: Invoked) => Promise<Value>): Promise<Value> {
    const { id = nodeCrypto().randomUUID(), data = [], metadata = {}, instanceId, basePath } = how;
    const request: RpcRequest = {
      invocationId: id,
      functionId: fn.id,
      inputData: data,
      triggerMetadata: metadata,
      ...(how.retry === undefined ? {} : { retryContext: how.retry }),
    };
    const options = { log: this.#logOf(fn, id, instanceId) };
    return this.#announced(fn, id, instanceId, async (run) => finish(await this.#invoked(fn, request, options, run, basePath)));
  }

  /** The result of an activity, an orchestrator or an entity. Rejects with what it threw, or since it took too long. */
  call(fn: AzureFunction, given: Omit<DirectCall, "id">): Promise<unknown> {
    const { bindings } = this.#parts;
    const call: DirectCall = { ...given, id: nodeCrypto().randomUUID() };
    const { id, instanceId } = call;
    const isPlain = fn.clients.length === 0 && bindings?.has(fn) !== true;
    return this.#announced(fn, id, instanceId, (run) => (isPlain ? this.#direct.run(fn, call) : null) ?? this.#called(fn, call, run));
  }

  async #called(fn: AzureFunction, call: DirectCall, run: TimedRun): Promise<unknown> {
    const { given, id, instanceId } = call;
    const options = { ...call, log: this.#logOf(fn, id, instanceId), ...("inputs" in given ? { inputs: given.inputs } : {}) };
    const { result } = await this.#invoked(fn, requestOf(fn, call), options, run);
    return result;
  }

  #logOf(fn: AzureFunction, id: string, instanceId: string | undefined): InvocationOptions["log"] {
    return (level, category, message) => this.#parts.log.write(fn.name, level, category, message, fieldsOf(fn, id, instanceId));
  }

  #announced<Value>(
    fn: AzureFunction,
    id: string,
    instanceId: string | undefined,
    invoke: (run: TimedRun) => Promise<Value>,
  ): Promise<Value> {
    const { log } = this.#parts;
    // An episode ends in the turn in which it begins: only what holds its thread takes long, and that has a limit of its own.
    const timeoutMs = fn.role === "orchestrator" ? null : this.#parts.timeoutMs;
    beginCall();
    if (!log.isEnabled(`Function.${fn.name}`, "information")) return withinTimeout(fn.name, timeoutMs, invoke);
    const say = (text: string) => log.write(fn.name, "information", "system", text, fieldsOf(fn, id, instanceId));
    return saidAround(fn.name, id, say, () => withinTimeout(fn.name, timeoutMs, invoke));
  }

  /** Inputs are read before it. Outputs have left when it is said to have succeeded; of an answer to HTTP, which may be a stream, they leave with it. */
  async #invoked(
    fn: AzureFunction,
    { inputData, ...rest }: RpcRequest,
    options: InvocationOptions,
    run: TimedRun,
    basePath?: string,
  ): Promise<Invoked> {
    const { core, bindings, client } = this.#parts;
    const clients = fn.clients.map((name) => ({ name, data: { json: client(basePath) } }));
    const request: RpcRequest = { ...rest, inputData: [...inputData, ...clients] };
    if (bindings?.has(fn) !== true) return await invokeFunction(core, fn, request, options);
    const inputs = await bindings.inputs(fn, request);
    const { result, respond } = await invokeFunction(core, fn, { ...request, inputData: [...request.inputData, ...inputs] }, options);
    const sent = async () => {
      const response = await respond();
      if (!run.isOver) await bindings.send(fn, request, response);
      return response;
    };
    if (fn.role === "http" && result !== undefined && result !== null) return { result, respond: sent };
    const response = await sent();
    return { result, respond: () => Promise.resolve(response) };
  }
}

async function saidAround<Value>(name: string, id: string, say: (text: string) => void, invoke: () => Promise<Value>): Promise<Value> {
  const began = performance.now();
  say(`Executing 'Functions.${name}' (Id=${id})`);
  let how = "Failed";
  try {
    const value = await invoke();
    how = "Succeeded";
    return value;
  } finally {
    say(`Executed 'Functions.${name}' (${how}, Id=${id}, Duration=${since(began)}ms)`);
  }
}

const fieldsOf = ({ name }: AzureFunction, invocationId: string, instanceId: string | undefined) =>
  instanceId === undefined ? { function: name, invocationId } : { function: name, invocationId, instanceId };

const since = (began: number): number => Math.round(performance.now() - began);
