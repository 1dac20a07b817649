import { format, isDeepStrictEqual } from "node:util";
import { inCall } from "../../app-threads/call-place.ts";
import type { CoreContext, CoreLogCategory, CoreLogLevel, RpcRequest } from "./core-types.ts";
import type { AzureFunction } from "./function-table.ts";
import type { FunctionsCore } from "./functions-core.ts";
import type { InvocationOptions } from "./pipeline.ts";
import { logged } from "./pipeline.ts";

/** An invocation that needs no binding but its trigger. */
export interface DirectCall extends Pick<InvocationOptions, "prepare" | "staysOpen"> {
  readonly id: string;
  readonly instanceId: string;
  readonly trace: NonNullable<RpcRequest["traceContext"]> | null;
  /** JSON text of its input, which is in the metadata of its trigger as well; or what it is called with, as it is. */
  readonly given: { readonly json: string } | { readonly inputs: readonly unknown[] };
}

export type DirectLog = (fn: AzureFunction, call: DirectCall, level: CoreLogLevel, category: CoreLogCategory, message: string) => void;

interface LibraryContext {
  readonly options?: { readonly trigger?: object };
}

/** The library's class of the contexts that functions see, and what is the same in all contexts of a function. */
interface Form {
  readonly Context: new (init: object) => object;
  readonly trigger: object;
  readonly logHandler: (this: object, level: CoreLogLevel, ...args: readonly unknown[]) => void;
}

/** What is known of a call where its context logs. The app does not see it. */
interface Place {
  readonly call: DirectCall;
  isDone: boolean;
}

const PLACE = Symbol("place");

/** As a worker of Azure is asked for it. The library parses a text that is JSON, so a text that looks like a number stays one. */
export function requestOf(fn: AzureFunction, { id, instanceId, trace, given }: DirectCall): RpcRequest {
  const data =
    "json" in given
      ? {
          inputData: [{ name: fn.trigger, data: { string: given.json } }],
          triggerMetadata: { instanceId: { json: JSON.stringify(instanceId) }, data: { json: given.json } },
        }
      : { inputData: [], triggerMetadata: {} };
  return { invocationId: id, functionId: fn.id, ...data, ...(trace === null ? {} : { traceContext: trace }) };
}

/**
 * Calls without the library's model of an invocation, which is most of what an activity costs: the function is given a context of the library's public class, made with the
 * values that the model would give it. Both are compared at the first call of each function; where they differ, and where hooks run, the model is used.
 *
 * The library keeps what it knows of a context or a model in WeakMaps. What those hold outlives the small collections of V8, with all that it refers to: with a handler of logs for
 * each call, which knows its call, 31 KB of each orchestration of five activities became old, and collecting them was a quarter of the thread's time. So there is
 * one handler for all calls of a function.
 */
export class DirectCalls {
  readonly #core: FunctionsCore;
  readonly #log: DirectLog;
  /** Null: not known to be possible. */
  readonly #forms = new Map<AzureFunction, Form | null>();

  constructor(core: FunctionsCore, log: DirectLog) {
    this.#core = core;
    this.#log = log;
  }

  /** Null: the call has to go through the model. Rejects with what the function threw. */
  run(fn: AzureFunction, call: DirectCall): Promise<unknown> | null {
    const form = this.#forms.get(fn);
    if (form === undefined) void this.#learn(fn, call);
    if (form === undefined || form === null || this.#core.hooks.has("preInvocation", "postInvocation")) return null;
    return invoke(form, fn, call);
  }

  async #learn(fn: AzureFunction, call: DirectCall): Promise<void> {
    this.#forms.set(fn, null);
    const core: CoreContext = {
      ...{ invocationId: call.id, request: requestOf(fn, call), metadata: fn.metadata, state: undefined },
      log: () => {},
    };
    const made = await this.#core.model?.getInvocationModel(core).getArguments();
    if (made === undefined) return;
    const context: LibraryContext = made.context;
    const form: Form = {
      Context: context.constructor as Form["Context"],
      trigger: context.options?.trigger ?? {},
      logHandler: this.#logHandler(fn),
    };
    const inputs = inputsOf(call);
    const hasSameInputs = "inputs" in call.given || isDeepStrictEqual(made.inputs, inputs);
    if (hasSameInputs && isDeepStrictEqual(contextOf(form, fn, call, inputs), context)) this.#forms.set(fn, form);
  }

  #logHandler(fn: AzureFunction): Form["logHandler"] {
    const core = this.#core;
    const log = this.#log;
    return function (this: { readonly [PLACE]?: Place }, level, ...args) {
      const place = this[PLACE];
      if (place === undefined) return;
      const { call, isDone } = place;
      const say = (text: string, of: CoreLogLevel, category: CoreLogCategory) =>
        logged(core, this, of, category, text, (...line) => log(fn, call, ...line));
      if (isDone && call.staysOpen !== true) say(lateLog(fn.name, call.id), "warning", "system");
      say(format(...args), level, "user");
    };
  }
}

async function invoke(form: Form, fn: AzureFunction, call: DirectCall): Promise<unknown> {
  const inputs = inputsOf(call);
  const context = contextOf(form, fn, call, inputs);
  const place: Place = { call, isDone: false };
  Object.defineProperty(context, PLACE, { value: place });
  try {
    const callback = call.prepare?.(context) ?? fn.callback;
    return await inCall(() => callback(...inputs, context));
  } catch (error) {
    if (error === null || error === undefined) return null; // nothing was thrown, as far as the model knows
    throw error;
  } finally {
    place.isDone = true;
  }
}

const inputsOf = ({ given }: DirectCall): readonly unknown[] => ("json" in given ? [JSON.parse(given.json)] : given.inputs);

function contextOf({ Context, trigger, logHandler }: Form, fn: AzureFunction, call: DirectCall, inputs: readonly unknown[]): object {
  const { id, instanceId, trace, given } = call;
  return new Context({
    invocationId: id,
    functionName: fn.name,
    logHandler,
    retryContext: undefined,
    traceContext: trace === null ? undefined : { ...trace },
    triggerMetadata: "json" in given ? { instanceId, data: withSmallFirstLetters(inputs[0]) } : {},
    options: { trigger: { ...trigger }, return: undefined, extraInputs: [], extraOutputs: [] },
  });
}

/** Names of fields as the library has them in the metadata of a trigger. Another object. */
function withSmallFirstLetters(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withSmallFirstLetters);
  const copy: { [name: string]: unknown } = {};
  for (const [name, inner] of Object.entries(value)) copy[name.charAt(0).toLowerCase() + name.slice(1)] = withSmallFirstLetters(inner);
  return copy;
}

const lateLog = (name: string, id: string): string =>
  "Warning: Unexpected call to 'log' on the context object after function execution has completed. " +
  `Please check for asynchronous calls that are not awaited. Function name: ${name}. Invocation Id: ${id}.`;
