import { isRecord } from "../../model/options.ts";
import { authorPlace } from "./author-place.ts";
import type {
  Binding,
  Callback,
  CoreLogCategory,
  CoreLogLevel,
  FunctionMetadata,
  InvocationModel,
  ProgrammingModel,
} from "./core-types.ts";
import { CORE_LOG_LEVELS } from "./core-types.ts";
import { Hooks } from "./hooks.ts";

/** A function as the app registered it. */
export interface RegisteredCall {
  readonly metadata: FunctionMetadata;
  readonly callback: Callback;
  /** Of an orchestrator: the author's own function, where the library has shown it. */
  readonly handler?: Callback;
  /** `FILE:LINE` where it was registered; null: it is not known. */
  readonly place: string | null;
}

export type CoreLog = (level: CoreLogLevel, category: CoreLogCategory, message: string) => void;

/** Of the worker whose seam this is: libraries compare it with the least that they need. */
const WORKER_VERSION = "3.12.0";
const HOST_VERSION = "4.1042.0";

/** The host's side of `@azure/functions-core`: what the app and its libraries register here is all that is known of them. */
export class FunctionsCore {
  readonly hooks = new Hooks();
  readonly #functions = new Map<string, RegisteredCall>();
  /** By the names under which they are being registered. */
  readonly #handlers = new Map<string, Callback>();
  readonly #log: CoreLog;
  #model: ProgrammingModel | null = null;
  #isSealed = false;

  constructor(log: CoreLog) {
    this.#log = log;
  }

  get functions(): readonly RegisteredCall[] {
    return [...this.#functions.values()];
  }

  /** Null: nothing of the app has called a library of Azure. */
  get model(): ProgrammingModel | null {
    return this.#model;
  }

  /** The entry files are loaded: what is registered from now on would never run. */
  seal(): void {
    this.#isSealed = true;
  }

  /** The library registers a function of its own around this one. */
  noteHandler(name: unknown, handler: unknown): void {
    if (typeof name === "string" && typeof handler === "function") this.#handlers.set(name, handler as Callback);
  }

  /** What `require("@azure/functions-core")` gives. */
  exports(): { readonly [name: string]: unknown } {
    return {
      version: WORKER_VERSION,
      hostVersion: HOST_VERSION,
      registerFunction: (metadata: unknown, callback: unknown) => this.#register(metadata, callback),
      setProgrammingModel: (model: unknown) => this.#setModel(model),
      getProgrammingModel: () => this.#model,
      registerHook: (name: unknown, callback: unknown) => new Disposable(this.hooks.add(name, callback)),
      // That it is there tells the libraries that HTTP may be streamed.
      log: (level: unknown, category: unknown, message: unknown) =>
        this.#log(parseLevel(level), category === "user" ? "user" : "system", String(message)),
      Disposable,
    };
  }

  #register(given: unknown, callback: unknown): Disposable {
    if (this.#isSealed) throw new Error("A function can only be registered during app startup.");
    const metadata = parseMetadata(given);
    if (typeof callback !== "function") throw new TypeError(`The handler of the function "${metadata.name}" is not a function.`);
    const id = metadata.functionId ?? metadata.name;
    if (this.#functions.has(id)) throw new Error(`A function with id "${id}" has already been registered.`);
    const handler = this.#handlers.get(metadata.name);
    const place = authorPlace(this.#register);
    this.#functions.set(id, { metadata, callback: callback as Callback, place, ...(handler === undefined ? {} : { handler }) });
    return new Disposable(() => this.#functions.delete(id));
  }

  #setModel(model: unknown): void {
    this.#model = parseModel(model);
  }
}

/** As the libraries know it. */
class Disposable {
  readonly #dispose: () => unknown;

  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }

  static from(...disposables: readonly Disposable[]): Disposable {
    return new Disposable(() => {
      for (const one of disposables) one.dispose();
    });
  }

  dispose(): unknown {
    return this.#dispose();
  }
}

const parseLevel = (level: unknown): CoreLogLevel => CORE_LOG_LEVELS.find((one) => one === level) ?? "information";

function parseMetadata(given: unknown): FunctionMetadata {
  const { name, functionId, bindings, retryOptions } = isRecord(given) ? given : {};
  if (typeof name !== "string" || name === "") throw new TypeError("A function was registered without a name.");
  if (!isRecord(bindings)) throw new TypeError(`The function "${name}" was registered without bindings.`);
  return {
    name,
    ...(typeof functionId === "string" && functionId !== "" ? { functionId } : {}),
    bindings: Object.fromEntries(Object.entries(bindings).map(([key, binding]) => [key, parseBinding(name, key, binding)])),
    retryOptions,
  };
}

function parseBinding(functionName: string, key: string, given: unknown): Binding {
  if (!isRecord(given) || typeof given.type !== "string") {
    throw new TypeError(`The binding "${key}" of the function "${functionName}" has no type.`);
  }
  return { ...given, type: given.type, direction: typeof given.direction === "string" ? given.direction : "in" };
}

/** Methods may be the prototype's, and need their object. */
function parseModel(given: unknown): ProgrammingModel {
  const model = given as ProgrammingModel;
  if (typeof model?.getInvocationModel !== "function" || typeof model.getCapabilities !== "function") {
    throw new TypeError("A programming model has the methods getInvocationModel and getCapabilities.");
  }
  return {
    name: String(model.name),
    version: String(model.version),
    getInvocationModel: (context): InvocationModel => model.getInvocationModel(context),
    getCapabilities: (capabilities) => model.getCapabilities(capabilities),
  };
}
