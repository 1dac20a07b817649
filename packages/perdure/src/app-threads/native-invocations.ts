import { loadedState } from "../executors/entity-batch.ts";
import { HistoryReplayer } from "../executors/history-replayer.ts";
import type { DurableClient } from "../functions/client-types.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import type { HttpManagementOptions } from "../http/http-management.ts";
import { answerUnder } from "../http/http-management.ts";
import { jsonCodec } from "../model/payload.ts";
import { functionLoggerTo } from "../telemetry/function-logger.ts";
import type { HubLogs } from "../telemetry/log-option.ts";
import type { HookInvocation, HttpInvocation, Invocation, InvocationResult, ReplayInvocation, StateInvocation } from "./guest.ts";
import { DONE, RunningInvocations } from "./running-invocations.ts";

export interface InvocationParts {
  readonly registry: FunctionRegistry;
  readonly client: DurableClient;
  readonly logs: HubLogs;
  readonly management: HttpManagementOptions;
  readonly taskHub: string;
}

/** `perdure dev` repeats an episode once: what it finds may be code that goes another way at each run. */
const PLACE_TRIES = 7;

/** HTTP functions of a native app, what it does at its start and stop, and what is asked of its code without a consequence. */
export class NativeInvocations {
  readonly #parts: InvocationParts;
  readonly #running = new RunningInvocations();
  #replayer: HistoryReplayer | null = null;

  constructor(parts: InvocationParts) {
    this.#parts = parts;
  }

  run(call: Invocation): Promise<InvocationResult> {
    return this.#running.run(call, async ({ signal }) => this.#run(call, signal));
  }

  abort(id: string): void {
    this.#running.abort(id);
  }

  async #run(call: Invocation, signal: AbortSignal): Promise<InvocationResult> {
    switch (call.kind) {
      case "http":
        return this.#http(call, signal);
      case "hook":
        return this.#hooks(call, signal);
      case "replay":
        return this.#replay(call);
      case "state":
        this.#loadState(call);
        return DONE;
      case "trigger":
        throw new TypeError(`A native app has no trigger "${call.name}".`);
    }
  }

  async #http({ name, method, url, headers, params, body, basePath }: HttpInvocation, signal: AbortSignal): Promise<InvocationResult> {
    const { registry, client, logs, management } = this.#parts;
    const found = registry.http.find((one) => one.name === name);
    if (found === undefined) throw new TypeError(`There is no HTTP function "${name}".`);
    const request = new Request(url, {
      method,
      headers: headers.map(([key, value]): [string, string] => [key, value]),
      signal,
      body: body as ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | null,
      duplex: "half",
    });
    answerUnder(request, { ...management, basePath });
    const response: unknown = await found.handler(request, { client, params, log: functionLoggerTo(logs.functionLog, { http: name }) });
    if (response === undefined) return { kind: "http", status: 204, headers: [], body: null };
    if (!(response instanceof Response)) throw new TypeError(`The handler returned ${typeof response}, not a Response.`);
    return { kind: "http", status: response.status, headers: [...response.headers], body: response.body };
  }

  async #replay({ instanceId, history }: ReplayInvocation): Promise<InvocationResult> {
    this.#replayer ??= new HistoryReplayer(this.#parts.registry, { placeTries: PLACE_TRIES });
    return { kind: "replayed", replay: await this.#replayer.replay(instanceId, history) };
  }

  #loadState({ name, state }: StateInvocation): void {
    const definition = this.#parts.registry.find("entity", name);
    if (definition !== null) loadedState(definition, jsonCodec.decode(state));
  }

  async #hooks({ on, runsWorker }: HookInvocation, signal: AbortSignal): Promise<InvocationResult> {
    const { registry, client, logs, taskHub } = this.#parts;
    const hooks = registry.hooks.filter((hook) => hook.on === on);
    const log = functionLoggerTo(logs.functionLog, { hook: on === "start" ? "onStart" : "onStop" });
    for (const { handler } of on === "start" ? hooks : hooks.reverse()) {
      try {
        await handler({ client, log, taskHub, runsWorker, signal });
      } catch (error) {
        if (on === "start") throw error;
        const message = "A function of onStop failed";
        logs.log.write({ level: "error", event: "hook.stop-failed", message, fields: { error } });
      }
    }
    return DONE;
  }
}
