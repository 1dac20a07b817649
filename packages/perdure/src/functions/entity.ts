import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fault } from "../errors/perdure-error.ts";
import { functionKey } from "../model/function-name.ts";
import { ENTITY_MARK } from "../model/ids.ts";
import { durationOption, optional, parseOptions } from "../model/options.ts";
import { DEFINITION } from "../replay/functions/call-retry.ts";
import type { EntityDefinition, EntityOperationFunction } from "../replay/functions/definition.ts";
import { checkedEntityId } from "../replay/functions/entity-target.ts";
import type { EntityOptions, FieldsOf, JsonState, OperationMap } from "./entity-context.ts";
import type { ClassOperations, EntityId, EntityRef, MapOperations } from "./entity-types.ts";
import { checkedName } from "./names.ts";
import { schemaOption } from "./options.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const OPTIONS = ["timeout", "state"];

type Definition<InitialState, Operations> = { readonly initialState: InitialState; readonly operations: Operations };
type WithSchema<State> = { readonly state: StandardSchemaV1<unknown, State> };

/**
 * Defines an entity: state under a key, changed by one operation at a time. The state of a key that does not exist is what `initialState` gives, or a new
 * object of the class. An operation that throws changes nothing.
 */
export function entity<State, Map extends OperationMap<State>>(
  name: string,
  definition: Definition<(key: string) => State, Map>,
  options: EntityOptions<State> & WithSchema<State>,
): EntityRef<MapOperations<Map>, State>;
/** Fields are the state, public methods the operations: `method(input, context)`. */
export function entity<Class extends object>(
  name: string,
  Class: new () => Class,
  options: EntityOptions<object> & WithSchema<object>,
): EntityRef<ClassOperations<Class>, Class>;
export function entity<Class extends object>(
  name: string,
  Class: (new () => Class) & JsonState<FieldsOf<Class>>,
  options?: EntityOptions<object>,
): EntityRef<ClassOperations<Class>, Class>;
export function entity<State, Map extends OperationMap<State>>(
  name: string,
  definition: Definition<((key: string) => State) & JsonState<State>, Map>,
  options?: EntityOptions<State>,
): EntityRef<MapOperations<Map>, State>;
export function entity(name: string, shape: unknown, options?: unknown): EntityRef<unknown> {
  const checked = entityName(name);
  const where = `entity "${checked}"`;
  const given = parseOptions(options, OPTIONS, where);
  const { operations, initial, revive, source } = isClass(shape) ? ofClass(shape, where) : ofMap(shape, where);
  const byKey = operationsByKey(operations, where);
  const definition: EntityDefinition = {
    name: checked,
    timeoutMs: optional(given, "timeout", where, durationOption) ?? DEFAULT_TIMEOUT_MS,
    state: schemaOption(given, "state", where),
    operationNames: [...operations.keys()],
    operation: (operation) => operations.get(operation) ?? byKey.get(functionKey(operation)) ?? null,
    initial,
    revive,
    source,
  };
  return Object.assign(referenceTo(checked), { [DEFINITION]: definition });
}

/** A typed reference to an entity that is defined elsewhere: `entityRef<{ add(amount: number): void; get(): number }>("Counter")`. */
export function entityRef<Ops, State = unknown>(name: string): EntityRef<Ops, State> {
  return referenceTo(entityName(name));
}

const referenceTo = (name: string): EntityRef<never, never> => ({
  kind: "entity",
  name,
  id(key: string): EntityId<never, never> {
    checkedEntityId(name, key);
    return { name, key };
  },
});

/** An id is `@name@key`, split at the second mark: the name must not contain one. */
function entityName(name: unknown): string {
  const checked = checkedName(name);
  if (checked.includes(ENTITY_MARK))
    throw fault("FUNCTION_NAME_INVALID", name, `it contains "${ENTITY_MARK}", which ends the name in an entity's id`, "function");
  return checked;
}

interface Shape extends Pick<EntityDefinition, "initial" | "revive" | "source"> {
  readonly operations: Map<string, EntityOperationFunction>;
}

const AsyncFunction = (async () => {}).constructor;
type EntityClass = new () => object;

const isClass = (shape: unknown): shape is EntityClass =>
  typeof shape === "function" && typeof shape.prototype === "object" && shape.prototype !== null;

function ofMap(shape: unknown, where: string): Shape {
  if (typeof shape !== "object" || shape === null)
    throw fault("CALL_INVALID", where, "it is given no class, and no object with initialState and operations");
  parseOptions(shape, ["initialState", "operations"], where);
  const { initialState, operations } = shape as { readonly initialState?: unknown; readonly operations?: unknown };
  if (typeof initialState !== "function") throw fault("CALL_INVALID", where, "initialState is not a function");
  if (typeof operations !== "object" || operations === null) throw fault("CALL_INVALID", where, "operations is not an object");
  const entries = Object.entries(operations).map(([name, operation]: [string, unknown]) => {
    if (typeof operation !== "function") throw fault("CALL_INVALID", where, `operation "${name}" is not a function`);
    return [name, operation as EntityOperationFunction] as const;
  });
  return {
    operations: new Map(entries),
    initial: (key) => (initialState as (key: string) => unknown)(key),
    revive: (stored) => stored,
    source: () => [initialState, ...entries.flat()].map(String).join("\n"),
  };
}

function ofClass(Class: EntityClass, where: string): Shape {
  const operations = new Map<string, EntityOperationFunction>();
  const levels: unknown[] = [];
  for (let level: object = Class.prototype; level !== Object.prototype && level !== null; level = Object.getPrototypeOf(level)) {
    refuseHiddenFields(level.constructor, where);
    levels.push(level.constructor);
    for (const name of Object.getOwnPropertyNames(level)) {
      const method: unknown = Object.getOwnPropertyDescriptor(level, name)?.value;
      if (name === "constructor" || typeof method !== "function" || operations.has(name)) continue;
      const call: EntityOperationFunction = (context, input) => Reflect.apply(method, context.state, [input, context]);
      // Async functions wait until their cause is durable: the wrapper must show that it is one.
      operations.set(name, method instanceof AsyncFunction ? async (context, input) => call(context, input) : call);
    }
  }
  return {
    operations,
    initial: () => new Class(),
    // The constructor gives fields that the stored state does not have yet.
    revive: (stored) => Object.assign(new Class(), stored),
    source: () => levels.map(String).join("\n"),
  };
}

const NO_CODE = /\/\*[\s\S]*?\*\/|\/\/.*$|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/gmu;
const HIDDEN_FIELD = /(?:^|[{;}])\s*#[\p{L}_$][\p{L}\p{N}_$]*\s*(?:[=;}]|$)/mu;

/** A `#private` field cannot be read from outside, so it would be lost with every load. Private methods are fine. */
function refuseHiddenFields(Class: unknown, where: string): void {
  const source = Function.prototype.toString.call(Class).replaceAll(NO_CODE, "");
  if (HIDDEN_FIELD.test(source))
    throw fault("CALL_INVALID", where, "its class has #private fields, which cannot be stored: use TypeScript's private");
}

/** Two names that differ only by case would be one operation. `delete` is there unless it is defined. */
function operationsByKey(operations: Map<string, EntityOperationFunction>, where: string): ReadonlyMap<string, EntityOperationFunction> {
  const byKey = new Map<string, EntityOperationFunction>();
  for (const [name, operation] of operations) {
    const key = functionKey(name);
    if (byKey.has(key)) throw fault("CALL_INVALID", where, `it has two operations "${name}" (names compare without case)`);
    byKey.set(key, operation);
  }
  if (!byKey.has("delete")) byKey.set("delete", deleteState);
  return byKey;
}

const deleteState: EntityOperationFunction = (context) => context.deleteState();
