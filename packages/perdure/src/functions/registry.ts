import { fault } from "../errors/perdure-error.ts";
import type { FunctionNames } from "../model/executor.ts";
import { functionKey } from "../model/function-name.ts";
import { DEFINITION } from "../replay/functions/call-retry.ts";
import type { ActivityDefinition, FunctionSource, OrchestratorDefinition } from "../replay/functions/definition.ts";
import type { AppHook } from "./app-hooks.ts";
import type { HttpFunction } from "./http.ts";
import type { ActivityRef, OrchestratorRef } from "./references.ts";

/** Anything that can be registered: a list of mixed functions needs no cast. */
export type RegisteredFunction = ActivityRef<never, unknown> | OrchestratorRef<never, unknown> | HttpFunction | AppHook;

/** The functions of one app. Names compare without case; two that differ only by it are a start-up error, also between kinds. */
export class FunctionRegistry implements FunctionSource {
  /** By name as written and by key: most calls find theirs without making a key. */
  readonly #orchestrators = new Map<string, OrchestratorDefinition>();
  readonly #activities = new Map<string, ActivityDefinition>();
  readonly #http: HttpFunction[] = [];
  readonly #hooks: AppHook[] = [];
  /** Key → name as written. */
  readonly #taken = new Map<string, string>();

  constructor(functions: readonly RegisteredFunction[] = []) {
    for (const one of functions) this.add(one);
  }

  add(registered: RegisteredFunction): void {
    if (!isRegistrable(registered)) throw fault("FUNCTION_INVALID", "An entry of the function list", describe(registered));
    if (registered.kind === "hook") {
      if (!this.#hooks.includes(registered)) this.#hooks.push(registered);
      return;
    }
    const definition = registered.kind === "http" ? null : definitionOf(registered);
    this.#take(registered.name);
    if (registered.kind === "http") this.#http.push(registered);
    else if (registered.kind === "activity") enter(this.#activities, definition as ActivityDefinition);
    else enter(this.#orchestrators, definition as OrchestratorDefinition);
  }

  get names(): FunctionNames {
    return {
      orchestrators: [...new Set(this.#orchestrators.values())].map((one) => one.name),
      activities: [...new Set(this.#activities.values())].map((one) => one.name),
    };
  }

  /** Of activities that have a limit of their own. */
  get activityLimits(): { readonly [activity: string]: number } {
    const limits = [...new Set(this.#activities.values())].flatMap(({ name, maxConcurrent }) =>
      maxConcurrent === undefined ? [] : [[name, maxConcurrent] as const],
    );
    return Object.fromEntries(limits);
  }

  get http(): readonly HttpFunction[] {
    return this.#http;
  }

  /** What runs at the start and stop of the app, in the order of registration. */
  get hooks(): readonly AppHook[] {
    return this.#hooks;
  }

  orchestrator(name: string): OrchestratorDefinition | null {
    return this.#orchestrators.get(name) ?? this.#orchestrators.get(functionKey(name)) ?? null;
  }

  activity(name: string): ActivityDefinition | null {
    return this.#activities.get(name) ?? this.#activities.get(functionKey(name)) ?? null;
  }

  #take(name: string): void {
    const key = functionKey(name);
    const other = this.#taken.get(key);
    if (other !== undefined) throw fault("FUNCTION_NAME_DUPLICATE", name, other);
    this.#taken.set(key, name);
  }
}

function enter<Definition extends { readonly name: string }>(table: Map<string, Definition>, definition: Definition): void {
  table.set(definition.name, definition);
  table.set(functionKey(definition.name), definition);
}

/** True for what activity(), orchestrator(), http(), onStart() and onStop() return: how a host picks the functions out of a module's exports. */
export function isRegistrable(value: unknown): value is RegisteredFunction {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || !("kind" in value)) return false;
  if (value.kind === "http" || value.kind === "hook") return "handler" in value;
  return (value.kind === "activity" || value.kind === "orchestrator") && DEFINITION in value;
}

function definitionOf(registered: ActivityRef<never, unknown> | OrchestratorRef<never, unknown>): unknown {
  return Reflect.get(registered, DEFINITION);
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null && "kind" in value && "name" in value)
    return `a reference to ${String(value.kind)} "${String(value.name)}" without a handler`;
  return typeof value === "function"
    ? `a plain function${value.name === "" ? "" : ` "${value.name}"`}`
    : `a ${value === null ? "null" : typeof value}`;
}
