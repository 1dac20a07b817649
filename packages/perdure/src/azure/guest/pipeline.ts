import { inCall } from "../../app-threads/call-place.ts";
import type { Callback, CoreContext, CoreLogCategory, CoreLogLevel, RpcRequest } from "./core-types.ts";
import type { AzureFunction } from "./function-table.ts";
import type { FunctionsCore } from "./functions-core.ts";

export interface InvocationOptions {
  log(level: CoreLogLevel, category: CoreLogCategory, message: string): void;
  /** In place of what the request has: an object with Dates is handed on as it is. */
  readonly inputs?: readonly unknown[];
  /**
   * Called with the context right before the registered function, in the same turn. It may give what does the same in that function's place, but for its result; where hooks may want
   * that, the registered one is called. Null: there is nothing like that.
   */
  readonly prepare?: (context: object) => Callback | null;
  /** Its context logs on after it has returned, as that of an orchestrator which waits. */
  readonly staysOpen?: boolean;
}

export interface Invoked {
  /** What the function returned, as hooks left it. */
  readonly result: unknown;
  /** The same as the worker of Azure sends it. */
  respond(): Promise<unknown>;
}

/** One invocation, step by step as in Azure's worker: arguments, hooks, the function, hooks, response. Rejects with what the function threw, as hooks left it. */
export async function invokeFunction(
  core: FunctionsCore,
  called: AzureFunction,
  request: RpcRequest,
  options: InvocationOptions,
): Promise<Invoked> {
  const { model, hooks } = core;
  if (model === null) throw new Error("No programming model was registered: the app does not use @azure/functions.");
  const coreContext: CoreContext = {
    invocationId: request.invocationId,
    request,
    metadata: called.metadata,
    state: undefined,
    log: (level, category, message) => logged(core, invocationContext, level, category, message, options.log),
  };
  let invocationContext: object | undefined;
  const invocation = model.getInvocationModel(coreContext);
  const { context, inputs } = await invocation.getArguments();
  invocationContext = context;
  const registered: Callback =
    options.prepare === undefined
      ? called.callback
      : (...args) => {
          options.prepare?.(context);
          return called.callback(...args);
        };
  const shared = { hookData: {}, appHookData: hooks.appData, invocationContext: context };
  coreContext.state = "preInvocationHooks";
  const before = { ...shared, inputs: [...(options.inputs ?? inputs)], functionCallback: registered };
  if (hooks.has("preInvocation")) await hooks.run("preInvocation", before);
  coreContext.state = "invocation";
  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  try {
    after.result = await inCall(() => invocation.invokeFunction(context, before.inputs, before.functionCallback));
  } catch (error) {
    after.error = error;
  }
  coreContext.state = "postInvocationHooks";
  if (hooks.has("postInvocation")) await hooks.run("postInvocation", after);
  if (options.staysOpen !== true) coreContext.state = undefined;
  // What is thrown need not be an error.
  if (after.error !== null && after.error !== undefined) throw after.error;
  return { result: after.result, respond: () => invocation.getResponse(context, after.result) };
}

export function logged(
  { hooks }: FunctionsCore,
  invocationContext: object | undefined,
  level: CoreLogLevel,
  category: CoreLogCategory,
  message: string,
  log: InvocationOptions["log"],
): void {
  const line = { hookData: {}, appHookData: hooks.appData, level, message, category, invocationContext };
  // They may change level and message.
  if (hooks.has("log")) hooks.runNow("log", line);
  log(line.level, category, String(line.message));
}
