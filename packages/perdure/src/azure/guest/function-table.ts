import type { HttpRoute, TriggerSpec } from "../../app-threads/guest.ts";
import type { FunctionNames } from "../../model/function-kind.ts";
import { byKind } from "../../model/function-kind.ts";
import { functionKey } from "../../model/function-name.ts";
import { meantBinding, meantTrigger, misspellings } from "./binding-names.ts";
import type { Binding, Callback, FunctionMetadata } from "./core-types.ts";
import type { RegisteredCall } from "./functions-core.ts";
import { orchestratorNotes, orchestratorProblem } from "./orchestrator-code.ts";
import type { FunctionRetry } from "./retry-policy.ts";
import { functionRetry, retryIgnored } from "./retry-policy.ts";
import type { FunctionRole } from "./triggers-of.ts";
import { BindingReader, httpRoute, isTrigger, roleOf, scheduleProblem, triggerSpec } from "./triggers-of.ts";

/** A function of the app that can be invoked. */
export interface AzureFunction {
  readonly name: string;
  readonly id: string;
  readonly role: FunctionRole;
  /** Name of the binding that triggers it. */
  readonly trigger: string;
  /** Names of its bindings to the client of the task hub. */
  readonly clients: readonly string[];
  readonly metadata: FunctionMetadata;
  readonly callback: Callback;
  /** `FILE:LINE` where it was registered; null: it is not known. */
  readonly place: string | null;
  /** Of a timer that has one. */
  readonly retry: FunctionRetry | null;
}

export interface TableSettings {
  /** Replace `%NAME%` in properties of bindings. */
  readonly variables: { readonly [name: string]: string | undefined };
  /** Why a function is not loaded; null: it is. */
  readonly leftOut: (name: string) => string | null;
  /** HTTP goes through the server of the library. */
  readonly streamed: boolean;
}

/** Input bindings that are given, and output bindings whose values are taken. */
const CLIENTS: ReadonlySet<string> = new Set(["durableclient", "orchestrationclient"]);
const INPUTS: ReadonlySet<string> = new Set([...CLIENTS, "blob"]);
const OUTPUTS: ReadonlySet<string> = new Set(["http", "queue", "blob", "servicebus"]);

/** What an app registered, and what of it cannot be run. */
export class FunctionTable {
  readonly functions: readonly AzureFunction[];
  readonly http: readonly HttpRoute[];
  readonly triggers: readonly TriggerSpec[];
  /** Each one a reason not to start the app. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** Those without a problem. */
  readonly sound: readonly AzureFunction[];
  readonly #byName = new Map<string, AzureFunction>();

  /** Throws SETTING_MISSING, which names function, binding and setting. */
  constructor(registered: readonly RegisteredCall[], settings: TableSettings) {
    const functions: AzureFunction[] = [];
    const http: HttpRoute[] = [];
    const triggers: TriggerSpec[] = [];
    const problems: string[] = [];
    const notes: string[] = [];
    const sound: AzureFunction[] = [];
    for (const call of registered) {
      const { name } = call.metadata;
      const problemsBefore = problems.length;
      const found = functionOf(call);
      const why = settings.leftOut(name);
      if (why !== null) {
        notes.push(`The function "${name}" ${why}.`);
        continue;
      }
      if (typeof found === "string") {
        problems.push(ended(`The function "${name}" ${found}`));
        continue;
      }
      problems.push(...bindingProblems(found));
      const misspelled = Object.values(found.metadata.bindings).flatMap((one) => misspellings(name, one));
      for (const { text, isNeeded } of misspelled) (isNeeded ? problems : notes).push(text);
      const ignored = call.metadata.retryOptions === undefined ? null : retryIgnored(found.role);
      if (ignored !== null) notes.push(`The retry policy of the function "${name}" ${ignored}.`);
      if (found.role === "orchestrator") notes.push(...orchestratorNotes(name, call.handler, found.place));
      const key = functionKey(name);
      const same = this.#byName.get(key);
      if (same !== undefined) problems.push(`The functions "${same.name}" and "${name}" have the same name: names compare without case.`);
      this.#byName.set(key, found);
      functions.push(found);
      const binding: Binding | undefined = found.metadata.bindings[found.trigger];
      if (binding === undefined) continue;
      const reader = new BindingReader(name, found.trigger, binding, settings.variables);
      const route = found.role === "http" ? httpRoute(name, reader, settings.streamed) : null;
      if (typeof route === "string") problems.push(`The function "${name}" cannot be served: ${route}.`);
      else if (route !== null) http.push(route);
      const spec = triggerSpec(found.role, name, reader);
      if (spec !== null) triggers.push(spec);
      const problem = spec?.kind === "timer" ? scheduleProblem(spec, settings.variables.WEBSITE_TIME_ZONE) : null;
      if (problem !== null) problems.push(`The function "${name}" cannot run: ${problem}.`);
      if (problems.length === problemsBefore) sound.push(found);
    }
    this.functions = functions;
    this.sound = sound;
    this.http = http;
    this.triggers = triggers;
    this.problems = problems;
    this.notes = notes;
  }

  get names(): FunctionNames {
    return byKind((kind) => this.functions.filter(({ role }) => role === kind).map(({ name }) => name));
  }

  /** Names compare without case. */
  find(role: FunctionRole, name: string): AzureFunction | null {
    const found = this.#byName.get(functionKey(name));
    return found?.role === role ? found : null;
  }

  named(name: string): AzureFunction | null {
    return this.#byName.get(functionKey(name)) ?? null;
  }
}

const ended = (sentence: string): string => (sentence.endsWith("?") ? sentence : `${sentence}.`);

function functionOf({ metadata, callback, handler, place }: RegisteredCall): AzureFunction | string {
  const triggers = Object.entries(metadata.bindings).filter(([, binding]) => isTrigger(binding));
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) return `has ${triggers.length} triggers; it must have one`;
  const [name, binding] = trigger;
  if (Object.values(metadata.bindings).some(({ durableRequiresGrpc }) => durableRequiresGrpc === true)) {
    return "was made with durable-functions 4, which speaks gRPC. Install durable-functions 3, which is what runs here";
  }
  const role = roleOf(binding);
  if (role === null) return `has a ${binding.type}, which is not supported${meantTrigger(binding.type)}`;
  const wrong = role === "orchestrator" ? orchestratorProblem(handler, place) : null;
  if (wrong !== null) return wrong;
  const retry = retryIgnored(role) === null ? functionRetry(metadata.retryOptions) : null;
  if (typeof retry === "string") return `has a retry policy that cannot be kept: ${retry}`;
  const clients = Object.entries(metadata.bindings).flatMap(([key, { type }]) => (CLIENTS.has(type.toLowerCase()) ? [key] : []));
  return { name: metadata.name, id: metadata.functionId ?? metadata.name, role, trigger: name, clients, metadata, callback, place, retry };
}

function bindingProblems({ name, trigger, metadata }: AzureFunction): readonly string[] {
  const problems: string[] = [];
  for (const [key, { type, direction }] of Object.entries(metadata.bindings)) {
    if (key === trigger) continue;
    const known = direction === "out" ? OUTPUTS : INPUTS;
    if (known.has(type.toLowerCase())) continue;
    problems.push(
      `The function "${name}" has the ${direction === "out" ? "output" : "input"} binding "${type}", which is not supported${meantBinding(type) || "."}`,
    );
  }
  return problems;
}
