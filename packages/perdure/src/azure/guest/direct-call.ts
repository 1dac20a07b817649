import { format, isDeepStrictEqual } from "node:util";
import { inCall } from "../../app-threads/call-place.ts";
import type { CoreContext, CoreLogCategory, CoreLogLevel, RpcRequest } from "./core-types.ts";
import type { AzureFunction } from "./function-table.ts";
import type { FunctionsCore } from "./functions-core.ts";
import type { ContextClass, ContextOwner, LeanContextClass } from "./lean-context.ts";
import { leanContexts } from "./lean-context.ts";
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

/** What is the same in all contexts of a function. */
interface Form {
  readonly Context: LeanContextClass;
  readonly trigger: object;
}

/** Of all calls. */
interface Host {
  readonly core: FunctionsCore;
  readonly log: DirectLog;
}

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
 * Calls without the library's model of an invocation, which is most of what an activity costs: the function is given a context with the values that the model would give it.
 * Both are compared at the first call of each function; where they differ, and where hooks run, the model is used.
 */
export class DirectCalls {
  readonly #host: Host;
  /** Null: not known to be possible. */
  readonly #forms = new Map<AzureFunction, Form | null>();
  readonly #classes = new Map<ContextClass, LeanContextClass | null>();

  constructor(core: FunctionsCore, log: DirectLog) {
    this.#host = { core, log };
  }

  /** Null: the call has to go through the model. Rejects with what the function threw. */
  run(fn: AzureFunction, call: DirectCall): Promise<unknown> | null {
    const form = this.#forms.get(fn);
    if (form === undefined) void this.#learn(fn, call);
    if (form === undefined || form === null || this.#host.core.hooks.has("preInvocation", "postInvocation")) return null;
    return invoke(this.#host, form, fn, call);
  }

  async #learn(fn: AzureFunction, call: DirectCall): Promise<void> {
    this.#forms.set(fn, null);
    const core: CoreContext = {
      ...{ invocationId: call.id, request: requestOf(fn, call), metadata: fn.metadata, state: undefined },
      log: () => {},
    };
    const made = await this.#host.core.model?.getInvocationModel(core).getArguments();
    if (made === undefined) return;
    const context: LibraryContext = made.context;
    const Context = this.#leanOf(context.constructor as ContextClass);
    if (Context === null) return;
    const form: Form = { Context, trigger: context.options?.trigger ?? {} };
    const hasSameInputs = "inputs" in call.given || isDeepStrictEqual(made.inputs, inputsOf(call));
    const own = new Context(new Place(this.#host, form, fn, call));
    if (hasSameInputs && isDeepStrictEqual(Object.entries(own), Object.entries(context))) this.#forms.set(fn, form);
  }

  #leanOf(Library: ContextClass): LeanContextClass | null {
    const known = this.#classes.get(Library);
    const lean = known === undefined ? leanContexts(Library) : known;
    this.#classes.set(Library, lean);
    return lean;
  }
}

/** One call, as its context knows it. */
class Place implements ContextOwner {
  isDone = false;
  readonly #host: Host;
  readonly #form: Form;
  readonly #fn: AzureFunction;
  readonly #call: DirectCall;

  constructor(host: Host, form: Form, fn: AzureFunction, call: DirectCall) {
    this.#host = host;
    this.#form = form;
    this.#fn = fn;
    this.#call = call;
  }

  get invocationId(): string {
    return this.#call.id;
  }

  get functionName(): string {
    return this.#fn.name;
  }

  get traceContext(): object | undefined {
    const { trace } = this.#call;
    return trace === null ? undefined : { ...trace };
  }

  init(): object {
    const { instanceId, given } = this.#call;
    return {
      triggerMetadata: "json" in given ? { instanceId, data: withSmallFirstLetters(JSON.parse(given.json)) } : {},
      options: { trigger: { ...this.#form.trigger }, return: undefined, extraInputs: [], extraOutputs: [] },
    };
  }

  log(context: object, level: CoreLogLevel, args: readonly unknown[]): void {
    const { core, log } = this.#host;
    const { name } = this.#fn;
    const say = (text: string, of: CoreLogLevel, category: CoreLogCategory) =>
      logged(core, context, of, category, text, (...line) => log(this.#fn, this.#call, ...line));
    if (this.isDone && this.#call.staysOpen !== true) say(lateLog(name, this.#call.id), "warning", "system");
    say(format(...args), level, "user");
  }
}

async function invoke(host: Host, form: Form, fn: AzureFunction, call: DirectCall): Promise<unknown> {
  const inputs = inputsOf(call);
  const place = new Place(host, form, fn, call);
  const context = new form.Context(place);
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
