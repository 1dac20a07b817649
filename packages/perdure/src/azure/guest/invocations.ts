import { buffer } from "node:stream/consumers";
import type { ReadableStream as WebStream } from "node:stream/web";
import { beginCall } from "../../app-threads/call-place.ts";
import type { HttpInvocation, Invocation, InvocationResult, TriggerInvocation } from "../../app-threads/guest.ts";
import { DONE, RunningInvocations } from "../../app-threads/running-invocations.ts";
import { bindingValue, outputsOf, rpcData } from "./binding-values.ts";
import type { AzureFunction, FunctionTable } from "./function-table.ts";
import { httpAnswer, NO_CONTENT, rpcHttp, streamedMetadata } from "./http-invocation.ts";
import { passedOn } from "./http-stream.ts";
import type { Invoker } from "./invoker.ts";
import type { V3Replayer } from "./v3-replayer.ts";

export interface InvocationsParts {
  readonly table: FunctionTable;
  readonly invoker: Invoker;
  readonly replayer: V3Replayer;
  /** Where the library serves streamed HTTP; null: HTTP is not streamed. */
  readonly streamOrigin: string | null;
}

/** HTTP functions of an Azure app, and those that something else triggers. */
export class Invocations {
  readonly #parts: InvocationsParts;
  /** Of streamed requests: their caller may go. */
  readonly #running = new RunningInvocations();

  constructor(parts: InvocationsParts) {
    this.#parts = parts;
  }

  run(call: Invocation): Promise<InvocationResult> {
    return this.#running.run(call, async (controller) => this.#run(call, controller));
  }

  abort(id: string): void {
    this.#running.abort(id);
  }

  async #run(call: Invocation, controller: AbortController): Promise<InvocationResult> {
    switch (call.kind) {
      case "http":
        return this.#http(call, controller);
      case "trigger":
        return this.#trigger(call);
      case "replay":
        return { kind: "replayed", replay: await this.#parts.replayer.replay(call.instanceId, call.history, call.inputsFrom) };
      case "hook": // its hooks ran when it was loaded
      case "state": // operations make of it what they will
        return DONE;
    }
  }

  async #http(call: HttpInvocation, controller: AbortController): Promise<InvocationResult> {
    const { invoker, streamOrigin } = this.#parts;
    const fn = this.#named(call.name);
    const { id, basePath } = call;
    beginCall();
    if (streamOrigin !== null) return this.#streamed(fn, call, streamOrigin, controller);
    const body = call.body instanceof ReadableStream ? await buffer(call.body as WebStream) : call.body;
    const data = [{ name: fn.trigger, data: { http: rpcHttp(call, body) } }];
    return invoker.run(fn, { id, basePath, data }, async ({ respond }) => httpAnswer(await respond()));
  }

  /** Answered as soon as the head of the answer is there. The invocation lasts until its body ends; one that fails then has its answer cut off. */
  #streamed(fn: AzureFunction, call: HttpInvocation, origin: string, controller: AbortController): Promise<InvocationResult> {
    const { id, basePath } = call;
    const data = [{ name: fn.trigger, data: { http: rpcHttp(call, null) } }];
    const { answer, broken } = passedOn(call, origin, controller.signal);
    answer.catch(() => {}); // where the function fails, that is told
    return new Promise((resolve, reject) => {
      const failed = (error: unknown) => {
        reject(broken() ?? error); // what the library makes of a body that broke off says less
        controller.abort(error);
      };
      const running = this.#parts.invoker.run(fn, { id, basePath, data, metadata: streamedMetadata(call) }, async ({ result, respond }) => {
        // The library answers nothing for what is nothing.
        if (result === undefined || result === null) {
          controller.abort();
          resolve(NO_CONTENT);
          return;
        }
        answer.then(resolve, failed);
        await respond();
      });
      running.catch(failed);
    });
  }

  async #trigger({ id, name, inputs, metadata, retry }: TriggerInvocation): Promise<InvocationResult> {
    const fn = this.#named(name);
    const data = Object.entries(inputs).flatMap(([binding, value]) => {
      const data = rpcData(value);
      return data === null ? [] : [{ name: binding, data }];
    });
    const about = Object.entries(metadata).flatMap(([key, value]) => {
      const data = rpcData(value);
      return data === null ? [] : [[key, data] as const];
    });
    const again = retry === null ? {} : { retry: { retryCount: retry.count, maxRetryCount: retry.max } };
    return this.#parts.invoker.run(fn, { id, data, metadata: Object.fromEntries(about), ...again }, async ({ respond }) => {
      const { returnValue, outputs } = outputsOf(await respond());
      return { kind: "done", value: bindingValue(returnValue), outputs };
    });
  }

  #named(name: string): AzureFunction {
    const fn = this.#parts.table.named(name);
    if (fn === null) throw new TypeError(`There is no function "${name}".`);
    return fn;
  }
}
