import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fault } from "../errors/perdure-error.ts";
import type { Duration } from "../model/duration.ts";
import { countOption, durationOption, parseOptions } from "../model/options.ts";
import { MAX_SLOTS } from "../model/slot.ts";
import { DEFINITION } from "../replay/functions/call-retry.ts";
import type { SlotRule } from "../replay/functions/call-slot.ts";
import type { ActivityDefinition } from "../replay/functions/definition.ts";
import type { RetryOptions } from "../replay/functions/retry-options.ts";
import { parseRetry } from "../replay/functions/retry-options.ts";
import type { ActivityContext } from "./context-types.ts";
import { refuseInOrchestrator } from "./direct-calls.ts";
import type { JsonResult } from "./json-fault.ts";
import { checkedName } from "./names.ts";
import { handlerOf, schemaOption } from "./options.ts";
import type { ActivityRef } from "./references.ts";
import type { Wire } from "./wire.ts";

/** `E` is what callers send and `P` what the handler gets; `O` is what the handler gives and `R` what is recorded. */
export interface ActivityOptions<E, P, O, R> {
  readonly retry?: RetryOptions;
  /** An attempt that takes longer fails with a TimeoutError, which a retry policy may retry. */
  readonly timeout?: Duration;
  /** Runs of it at once in each worker; more wait, or run in other workers. Default: no limit of its own. */
  readonly maxConcurrent?: number;
  /** Of calls that have one key. Default: no limit. */
  readonly perKey?: PerKeyLimits;
  /**
   * The key of a call, by its input: up to 200 characters, `""` where the option is left out. It is asked once, where the call is made, and recorded; a `key`
   * at the call wins. Only with `perKey`.
   */
  readonly key?: (input: E) => string;
  readonly input?: StandardSchemaV1<E, P>;
  readonly output?: StandardSchemaV1<O, R>;
}

export interface PerKeyLimits {
  /** Calls that run at once in the whole hub, over all workers; more wait, in their order. A whole number from 1 to 10,000. */
  readonly concurrency: number;
}

/** An activity function: a reference for callers, and the handler itself, so that unit tests need nothing else. */
export interface Activity<E, P, O, R> extends ActivityRef<E, Wire<R>> {
  (input: P, context?: ActivityContext): O | Promise<O>;
}

type Handler<P, O> = (input: P, context: ActivityContext) => O | Promise<O>;

const OPTIONS = ["retry", "timeout", "maxConcurrent", "perKey", "key", "input", "output"];

/** Defines an activity: the only place for I/O. It runs at least once for each call and is recorded once. */
export function activity<P = void, O = void>(name: string, handler: Handler<P, O> & JsonResult<O>): Activity<P, P, O, O>;
export function activity<P = void, E = P, O = void, R = O>(
  name: string,
  options: ActivityOptions<E, P, O, R>,
  handler: Handler<P, O> & JsonResult<R>,
): Activity<E, P, O, R>;
export function activity(name: string, ...rest: readonly unknown[]): Activity<never, never, unknown, unknown> {
  const checked = checkedName(name);
  const where = `activity "${checked}"`;
  const { options, handler } = handlerOf(rest, where);
  parseOptions(options, OPTIONS, where);
  const definition: ActivityDefinition = {
    name: checked,
    retry: options.retry === undefined ? null : parseRetry(options.retry, where),
    timeoutMs: options.timeout === undefined ? null : durationOption(options.timeout, where, "timeout"),
    ...(options.maxConcurrent === undefined ? {} : { maxConcurrent: countOption(options.maxConcurrent, where, "maxConcurrent") }),
    ...slotsOption(options, where),
    input: schemaOption(options, "input", where),
    output: schemaOption(options, "output", where),
    run: handler,
  };
  const call = (input: unknown, context: ActivityContext): unknown => {
    refuseInOrchestrator(`Activity "${checked}"`, `Call it through the context: ctx.callActivity(${variableOf(checked)}, input).`);
    return handler(input, context);
  };
  Object.defineProperty(call, "name", { value: checked });
  return Object.assign(call, { kind: "activity", [DEFINITION]: definition } as const) as Activity<never, never, unknown, unknown>;
}

function slotsOption({ perKey, key }: { readonly [option: string]: unknown }, where: string): Pick<ActivityDefinition, "slots"> {
  if (perKey === undefined) {
    if (key !== undefined) throw fault("CALL_INVALID", where, "a key has an effect only together with perKey");
    return {};
  }
  if (key !== undefined && typeof key !== "function") throw fault("OPTION_INVALID", where, "key", key, "a function of the input");
  const { concurrency } = parseOptions(perKey, ["concurrency"], `${where} perKey`);
  const limit = countOption(concurrency, `${where} perKey`, "concurrency");
  if (limit > MAX_SLOTS) throw fault("OPTION_INVALID", `${where} perKey`, "concurrency", limit, `at most ${MAX_SLOTS}`);
  return { slots: { limit, key: key === undefined ? null : (key as SlotRule["key"]) } };
}

/** What its author may have called the variable, for a message. */
const variableOf = (name: string): string => {
  const words = name.replaceAll(/[^\p{L}\p{N}_$]/gu, "");
  return words === "" ? "activity" : `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
};
