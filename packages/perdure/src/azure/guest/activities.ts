import { timeWords } from "../../errors/time-words.ts";
import type { ActivityRequest, ActivityResult } from "../../model/executor.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import { runAfter } from "../../process/timers.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import { TimeoutError } from "../../replay/failures/function-errors.ts";
import { activityFailure } from "./activity-failure.ts";
import type { AzureFunction, FunctionTable } from "./function-table.ts";
import type { Invoker } from "./invoker.ts";
import type { V3Payloads } from "./payloads.ts";
import type { Timers } from "./timers.ts";

export interface ActivityParts {
  readonly table: FunctionTable;
  readonly timers: Timers;
  readonly invoker: Invoker;
  readonly payloads: V3Payloads;
  /** Of one that says nothing else, ms; null: none. */
  readonly timeoutMs: number | null;
}

/** Runs activities. The library knows no signal for them: one whose result is no longer wanted keeps its place until it ends. */
export class Activities {
  readonly #parts: ActivityParts;

  constructor(parts: ActivityParts) {
    this.#parts = parts;
  }

  async run(request: ActivityRequest): Promise<ActivityResult> {
    const { table, timers } = this.#parts;
    if (timers.isActivity(request.name)) return this.#timer(request);
    const fn = table.find("activity", request.name);
    if (fn === null) {
      return { kind: "failed", failure: functionNotFound("FUNCTION_NOT_REGISTERED", "activity", request.name, table.names.activity) };
    }
    try {
      return {
        kind: "completed",
        result: this.#parts.payloads.encode(encodable(await this.#result(fn, request)), `result of activity "${fn.name}"`),
      };
    } catch (error) {
      return { kind: "failed", failure: activityFailure(fn.name, error) };
    }
  }

  async #timer(request: ActivityRequest): Promise<ActivityResult> {
    try {
      return { kind: "completed", result: this.#parts.payloads.encode(await this.#parts.timers.run(request), "outcome of a timer") };
    } catch (error) {
      return { kind: "failed", failure: failureOf(error) };
    }
  }

  async #result(fn: AzureFunction, request: ActivityRequest): Promise<unknown> {
    const running = this.#invoke(fn, request);
    const timeoutMs = request.timeoutMs ?? this.#parts.timeoutMs;
    if (timeoutMs === null) return running;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const stop = runAfter(timeoutMs, () => reject(timedOut(fn.name, timeoutMs)), false);
    running.catch(() => {}); // it may fail when it is no longer waited for
    try {
      return await Promise.race([running, late]);
    } finally {
      stop();
    }
  }

  async #invoke(fn: AzureFunction, { input, instanceId, trace }: ActivityRequest): Promise<unknown> {
    const json = input ?? "null";
    const { result } = await this.#parts.invoker.run(fn, {
      // The library parses a text that is JSON, so a text that looks like a number stays one.
      data: [{ name: fn.trigger, data: { string: json } }],
      metadata: { instanceId: { json: JSON.stringify(instanceId) }, data: { json } },
      instanceId,
      ...(trace === null
        ? {}
        : { trace: { traceParent: trace.traceparent, ...(trace.tracestate === undefined ? {} : { traceState: trace.tracestate }) } }),
    });
    return result;
  }
}

const timedOut = (name: string, ms: number): Error =>
  new TimeoutError(`Timeout value of ${timeWords(ms)} was exceeded by function: Functions.${name}`);

/** Bytes go as a text in base64: as JSON they would be an object of numbers. */
function encodable(result: unknown): unknown {
  if (ArrayBuffer.isView(result)) return Buffer.from(result.buffer, result.byteOffset, result.byteLength).toString("base64");
  return result instanceof ArrayBuffer ? Buffer.from(result).toString("base64") : result;
}
