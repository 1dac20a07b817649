/** What crosses the seam between the libraries of an Azure app and their host, as the worker of Azure has it. */

/** From the least to the gravest. */
export const CORE_LOG_LEVELS = ["trace", "debug", "information", "warning", "error", "critical", "none"] as const;
export type CoreLogLevel = (typeof CORE_LOG_LEVELS)[number];
export type CoreLogCategory = "user" | "system" | "customMetric";

export type Callback = (...args: readonly unknown[]) => unknown;

export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly [property: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly functionId?: string;
  readonly bindings: { readonly [name: string]: Binding };
  readonly retryOptions?: unknown;
}

export type RpcData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly http: RpcHttpRequest }
  | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } }
  | { readonly collectionString: { readonly string: readonly string[] } };

export interface RpcHttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly params: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  readonly body?: { readonly bytes: Uint8Array };
}

export interface RpcRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: RpcData }[];
  readonly triggerMetadata: { readonly [name: string]: RpcData };
  readonly traceContext?: { readonly traceParent?: string; readonly traceState?: string };
  readonly retryContext?: RpcRetryContext;
}

export interface RpcRetryContext {
  /** 0 at the first attempt. */
  readonly retryCount: number;
  readonly maxRetryCount: number;
  /** Of the attempt before. */
  readonly exception?: { readonly message: string; readonly stackTrace: string; readonly source: string };
}

/** What the libraries get for each invocation. They keep it, and look at `state` again whenever the function logs. */
export interface CoreContext {
  readonly invocationId: string;
  readonly request: RpcRequest;
  readonly metadata: FunctionMetadata;
  state: "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  log(level: CoreLogLevel, category: CoreLogCategory, message: string): void;
}

/** What the programming model makes of an invocation. */
export interface InvocationModel {
  getArguments(): Promise<{ readonly context: object; readonly inputs: readonly unknown[] }>;
  invokeFunction(context: object, inputs: readonly unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<unknown>;
}

/** Of `@azure/functions`: each loaded copy sets its own, and the last one counts. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreContext): InvocationModel;
  getCapabilities(capabilities: { readonly [name: string]: string }): Promise<{ readonly [name: string]: string }>;
}
