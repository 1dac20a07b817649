import { fault } from "../errors/perdure-error.ts";
import type { FunctionKind, FunctionNames } from "../model/function-kind.ts";
import { byKind } from "../model/function-kind.ts";
import type { NameKey } from "../model/function-name.ts";
import { functionKey } from "../model/function-name.ts";
import { DEFINITION } from "../replay/functions/call-retry.ts";
import type { Definitions, FunctionSource, OrchestratorDefinition } from "../replay/functions/definition.ts";
import { scheduler } from "../schedules/scheduler.ts";
import type { AppHook } from "./app-hooks.ts";
import type { EntityRef } from "./entity-types.ts";
import type { HttpFunction } from "./http.ts";
import type { HttpCalls, HubHttp } from "./http-calls.ts";
import type { VersionPolicy } from "./orchestrator-table.ts";
import { NO_VERSIONS, OrchestratorTable } from "./orchestrator-table.ts";
import type { ActivityRef, OrchestratorRef } from "./references.ts";
import type { Schedule } from "./schedule.ts";

/** Anything that can be registered: a list of mixed functions needs no cast. */
export type RegisteredFunction =
  | ActivityRef<never, unknown>
  | OrchestratorRef<never, unknown>
  | EntityRef<unknown>
  | HttpFunction
  | HttpCalls
  | Schedule
  | AppHook;

type NamedFunction = Exclude<RegisteredFunction, AppHook | HttpCalls>;

/**
 * The functions of one app. Names compare without case; two that differ only by it are a start-up error, also between kinds. Of an orchestrator there may be
 * several definitions, each of another version.
 */
export class FunctionRegistry implements FunctionSource {
  readonly #orchestrators: OrchestratorTable;
  readonly #definitions: DefinitionTables;
  readonly #builtIns = byKind(() => new DefinitionTable<Definitions[FunctionKind]>()) as unknown as DefinitionTables;
  readonly #http: HttpFunction[] = [];
  readonly #hooks: AppHook[] = [];
  readonly #schedules: Schedule[] = [];
  #httpCalls: HubHttp | null = null;
  readonly #taken = new Map<NameKey, NamedFunction>();
  readonly #registered = new Set<NamedFunction>();

  constructor(functions: readonly RegisteredFunction[] = [], versions: VersionPolicy = NO_VERSIONS) {
    this.#orchestrators = new OrchestratorTable(versions);
    const tables = byKind(() => new DefinitionTable<Definitions[FunctionKind]>());
    this.#definitions = { ...tables, orchestrator: this.#orchestrators } as unknown as DefinitionTables; // the table of a kind has definitions of that kind
    for (const one of functions) this.add(one);
  }

  add(registered: RegisteredFunction): void {
    if (!isRegistrable(registered)) throw fault("FUNCTION_INVALID", "An entry of the function list", describe(registered));
    if (registered.kind === "hook") {
      if (!this.#hooks.includes(registered)) this.#hooks.push(registered);
      return;
    }
    if (registered.kind === "http calls") {
      if (this.#httpCalls !== null && this.#httpCalls !== registered.settings)
        throw fault("FUNCTION_INVALID", "An entry of the function list", "a second httpCalls(): an app has one");
      this.#httpCalls = registered.settings;
      return;
    }
    if (!this.#take(registered)) return;
    if (registered.kind === "http") this.#http.push(registered);
    else if (registered.kind === "schedule") this.#addSchedule(registered);
    else this.#enter(registered.kind, definitionOf(registered));
  }

  /** What is part of Perdure and not of the app: found by its name, offered to other workers, and in no list of the app's functions. */
  addBuiltIn<Kind extends FunctionKind>(kind: Kind, definition: Definitions[Kind]): void {
    this.#builtIns[kind].add(definition);
  }

  #addSchedule(added: Schedule): void {
    if (this.#schedules.length === 0) this.addBuiltIn("orchestrator", scheduler);
    this.addBuiltIn("activity", added.activity);
    this.#schedules.push(added);
  }

  get schedules(): readonly Schedule[] {
    return this.#schedules;
  }

  /** Built-in ones come last. */
  get names(): FunctionNames {
    return byKind((kind) => [...this.#definitions[kind].names, ...this.#builtIns[kind].names]);
  }

  /** Of activities that have a limit of their own. */
  get activityLimits(): { readonly [activity: string]: number } {
    const limits = this.#definitions.activity.all.flatMap(({ name, maxConcurrent }) =>
      maxConcurrent === undefined ? [] : [[name, maxConcurrent] as const],
    );
    return Object.fromEntries(limits);
  }

  /** What `ctx.callHttp` may reach, as the app says; null: it says nothing. */
  get httpCalls(): HubHttp | null {
    return this.#httpCalls;
  }

  get http(): readonly HttpFunction[] {
    return this.#http;
  }

  /** What runs at the start and stop of the app, in the order of registration. */
  get hooks(): readonly AppHook[] {
    return this.#hooks;
  }

  /** All of the app, in all versions. */
  all<Kind extends FunctionKind>(kind: Kind): readonly Definitions[Kind][] {
    return this.#definitions[kind].all;
  }

  get takenVersions(): FunctionSource["takenVersions"] {
    return this.#orchestrators.taken;
  }

  orchestratorFor(name: string, version: string | null): OrchestratorDefinition | null {
    return this.#orchestrators.forVersion(name, version) ?? this.#builtIns.orchestrator.find(name);
  }

  versionOf(orchestrator: string): string | null {
    return this.#orchestrators.versionOf(orchestrator);
  }

  find<Kind extends FunctionKind>(kind: Kind, name: string): Definitions[Kind] | null {
    return this.#definitions[kind].find(name) ?? this.#builtIns[kind].find(name);
  }

  #enter<Kind extends FunctionKind>(kind: Kind, definition: unknown): void {
    this.#definitions[kind].add(definition as Definitions[Kind]);
  }

  /** Returns false if it is here already: lists that are combined from other lists have some functions twice. */
  #take(named: NamedFunction): boolean {
    const key = functionKey(named.name);
    const other = this.#taken.get(key);
    if (this.#registered.has(named)) return false;
    const isVersion = other?.kind === "orchestrator" && named.kind === "orchestrator";
    if (other !== undefined && !isVersion) throw fault("FUNCTION_NAME_DUPLICATE", named.name, other.name, null);
    this.#registered.add(named);
    this.#taken.set(key, named);
    return true;
  }
}

type DefinitionTables = { readonly [Kind in FunctionKind]: Pick<DefinitionTable<Definitions[Kind]>, "names" | "all" | "find" | "add"> };

class DefinitionTable<Definition extends { readonly name: string }> {
  /** In the order of registration. */
  readonly all: Definition[] = [];
  /** By name as written and by key: most calls find theirs without making a key. */
  readonly #byName = new Map<string, Definition>();

  get names(): readonly string[] {
    return this.all.map(({ name }) => name);
  }

  add(definition: Definition): void {
    this.all.push(definition);
    this.#byName.set(definition.name, definition);
    this.#byName.set(functionKey(definition.name), definition);
  }

  find(name: string): Definition | null {
    return this.#byName.get(name) ?? this.#byName.get(functionKey(name)) ?? null;
  }
}

/** True for what activity(), orchestrator(), entity(), http(), httpCalls(), schedule(), timer(), onStart() and onStop() return: how a host picks the functions out of a module's exports. */
export function isRegistrable(value: unknown): value is RegisteredFunction {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || !("kind" in value)) return false;
  if (value.kind === "http calls") return "settings" in value;
  if (value.kind === "schedule") return "spec" in value;
  if (value.kind === "http" || value.kind === "hook") return "handler" in value;
  return (value.kind === "activity" || value.kind === "orchestrator" || value.kind === "entity") && DEFINITION in value;
}

function definitionOf(registered: Exclude<NamedFunction, HttpFunction | Schedule>): unknown {
  return Reflect.get(registered, DEFINITION);
}

function describe(value: unknown): string {
  if (typeof value === "object" && value !== null && "kind" in value && "name" in value)
    return `a reference to ${String(value.kind)} "${String(value.name)}" without a handler`;
  return typeof value === "function"
    ? `a plain function${value.name === "" ? "" : ` "${value.name}"`}`
    : `a ${value === null ? "null" : typeof value}`;
}
