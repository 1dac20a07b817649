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
    if (streamOrigin !== null) {
      const metadata = streamedMetadata(call);
      const data = [{ name: fn.trigger, data: { http: rpcHttp(call, null) } }];
      const { answer: answering, broken } = passedOn(call, streamOrigin, controller.signal);
      answering.catch(() => {}); // where the function fails, that is told
      try {
        const { result, respond } = await invoker.run(fn, { id, basePath, data, metadata });
        // The library answers nothing for what is nothing.
        if (result === undefined || result === null) {
          controller.abort();
          return NO_CONTENT;
        }
        const responding = respond();
        responding.catch(() => controller.abort()); // a body that fails: the caller's is cut off
        return await Promise.race([answering, responding.then(() => answering)]);
      } catch (error) {
        const cause = broken() ?? error; // what the library makes of a body that broke off says less
        controller.abort();
        throw cause;
      }
    }
    const body = call.body instanceof ReadableStream ? await buffer(call.body as WebStream) : call.body;
    const { respond } = await invoker.run(fn, { id, basePath, data: [{ name: fn.trigger, data: { http: rpcHttp(call, body) } }] });
    return httpAnswer(await respond());
  }

  async #trigger({ id, name, inputs, metadata, retry }: TriggerInvocation): Promise<InvocationResult> {
    const fn = this.#named(name);
    const { respond } = await this.#parts.invoker.run(fn, {
      id,
      data: Object.entries(inputs).flatMap(([binding, value]) => {
        const data = rpcData(value);
        return data === null ? [] : [{ name: binding, data }];
      }),
      metadata: Object.fromEntries(
        Object.entries(metadata).flatMap(([key, value]) => {
          const data = rpcData(value);
          return data === null ? [] : [[key, data] as const];
        }),
      ),
      ...(retry === null ? {} : { retry: { retryCount: retry.count, maxRetryCount: retry.max } }),
    });
    const { returnValue, outputs } = outputsOf(await respond());
    return { kind: "done", value: bindingValue(returnValue), outputs };
  }

  #named(name: string): AzureFunction {
    const fn = this.#parts.table.named(name);
    if (fn === null) throw new TypeError(`There is no function "${name}".`);
    return fn;
  }
}
