import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FunctionKind, FunctionNames } from "../../model/function-kind.ts";
import type { VersionRange } from "../../model/versions.ts";
import type { FunctionLogger } from "../../telemetry/function-logger.ts";
import type { CallRetry } from "./call-retry.ts";
import type { SlotRule } from "./call-slot.ts";
import type { OrchestrationContextCore } from "./context.ts";

/** An orchestrator function as the runtime needs it: types erased, options parsed. */
export interface OrchestratorDefinition {
  readonly name: string;
  readonly version: string | null;
  readonly retry: CallRetry | null;
  readonly input: StandardSchemaV1 | null;
  readonly output: StandardSchemaV1 | null;
  readonly run: (context: OrchestrationContextCore, input: unknown) => unknown;
}

export interface ActivityDefinition {
  readonly name: string;
  readonly retry: CallRetry | null;
  readonly timeoutMs: number | null;
  /** Runs of it at once in one worker; absent: only the worker's own limit counts. */
  readonly maxConcurrent?: number;
  /** Absent: its calls need no slot. */
  readonly slots?: SlotRule;
  readonly input: StandardSchemaV1 | null;
  readonly output: StandardSchemaV1 | null;
  readonly run: (input: unknown, context: ActivityContextCore) => unknown;
}

/** An entity function as the runtime needs it: types erased, options parsed. */
export interface EntityDefinition {
  readonly name: string;
  /** Of one operation. */
  readonly timeoutMs: number;
  readonly state: StandardSchemaV1 | null;
  /** As written, in the order in which they are written. */
  readonly operationNames: readonly string[];
  /** Names compare without case. */
  operation(name: string): EntityOperationFunction | null;
  /** What the state of an entity is that does not exist. */
  initial(key: string): unknown;
  /** What operations see of a state that was stored. */
  revive(stored: unknown): unknown;
  /** The text of its code. */
  source(): string;
}

export type EntityOperationFunction = (context: EntityContextCore, input: unknown) => unknown;

export interface EntityContextCore {
  state: unknown;
  readonly key: string;
  readonly name: string;
  readonly id: string;
  readonly isNew: boolean;
  readonly isSignal: boolean;
  readonly traceparent: string | null;
  readonly now: Date;
  readonly log: FunctionLogger;
  deleteState(): void;
  entity(target: unknown, key?: unknown): { readonly signal: unknown };
  startOrchestration(target: unknown, input?: unknown, options?: { readonly [option: string]: unknown }): string;
}

export interface ActivityContextCore {
  readonly instanceId: string;
  readonly taskId: string;
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** Last heartbeat of an earlier attempt; undefined when there is none. */
  readonly progress: unknown;
  readonly log: FunctionLogger;
  /** A client of the task hub; its type belongs to another room. */
  readonly client: unknown;
  heartbeat(progress?: unknown): void;
}

/** What the runtime needs of a function, by its kind. */
export interface Definitions {
  readonly orchestrator: OrchestratorDefinition;
  readonly activity: ActivityDefinition;
  readonly entity: EntityDefinition;
}

/** Where the runtime looks functions up; names compare without case. */
export interface FunctionSource {
  readonly names: FunctionNames;
  /** Of an orchestrator the newest version. */
  find<Kind extends FunctionKind>(kind: Kind, name: string): Definitions[Kind] | null;
  /** What runs instances of that version; null: nothing here takes them. */
  orchestratorFor(name: string, version: string | null): OrchestratorDefinition | null;
  /** What a start records that names no version, also of an orchestrator that is not here. */
  versionOf(orchestrator: string): string | null;
  /** Which versions of instances are run, by name of the orchestrator; undefined: any. */
  readonly takenVersions: { readonly [name: string]: readonly VersionRange[] } | undefined;
}
