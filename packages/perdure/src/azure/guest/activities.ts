import type { AbortReason, ActivityRequest, ActivityResult, TaskKey } from "../../model/executor.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import { isSameTask } from "../../model/task-id.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import { activityFailure } from "./activity-failure.ts";
import type { DirectCall } from "./direct-call.ts";
import type { AzureFunction, FunctionTable } from "./function-table.ts";
import type { Invoker } from "./invoker.ts";
import type { V3Payloads } from "./payloads.ts";
import type { Timers } from "./timers.ts";

export interface ActivityParts {
  readonly table: FunctionTable;
  readonly timers: Timers;
  readonly invoker: Invoker;
  readonly payloads: V3Payloads;
}

interface RunningTimer {
  readonly task: TaskKey;
  readonly controller: AbortController;
  reason: AbortReason | null;
}

/**
 * Runs activities. The library knows no signal for them: one whose result is no longer wanted keeps its place until it ends. Only a timer that waits for its next
 * attempt gives up.
 */
export class Activities {
  readonly #parts: ActivityParts;
  readonly #timers = new Set<RunningTimer>();

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

  abort(task: TaskKey, reason: AbortReason): void {
    for (const timer of this.#timers) {
      if (!isSameTask(timer.task, task)) continue;
      timer.reason = reason;
      timer.controller.abort();
    }
  }

  async #timer(request: ActivityRequest): Promise<ActivityResult> {
    const { timers, payloads } = this.#parts;
    const running: RunningTimer = { task: request, controller: new AbortController(), reason: null };
    const { signal } = running.controller;
    this.#timers.add(running);
    try {
      return { kind: "completed", result: payloads.encode(await timers.run(request, signal), "outcome of a timer") };
    } catch (error) {
      if (running.reason !== null && error === signal.reason) return { kind: "aborted", reason: running.reason };
      return { kind: "failed", failure: failureOf(error) };
    } finally {
      this.#timers.delete(running);
    }
  }

  #result(fn: AzureFunction, { instanceId, input, trace }: ActivityRequest): Promise<unknown> {
    return this.#parts.invoker.call(fn, { instanceId, given: { json: input ?? "null" }, trace: traceOf(trace) });
  }
}

function traceOf(trace: ActivityRequest["trace"]): DirectCall["trace"] {
  if (trace === null) return null;
  const { traceparent: traceParent, tracestate } = trace;
  return tracestate === undefined ? { traceParent } : { traceParent, traceState: tracestate };
}

/** Bytes go as a text in base64: as JSON they would be an object of numbers. */
function encodable(result: unknown): unknown {
  if (ArrayBuffer.isView(result)) return Buffer.from(result.buffer, result.byteOffset, result.byteLength).toString("base64");
  return result instanceof ArrayBuffer ? Buffer.from(result).toString("base64") : result;
}
