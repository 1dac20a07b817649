import { fault } from "../errors/perdure-error.ts";
import { createNativeExecutor } from "../executors/native-executor.ts";
import type { CallGroup, EntityRef } from "../functions/entity-types.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import type { Wire } from "../functions/wire.ts";
import type { EntityAction } from "../model/entity-batch.ts";
import type { Executor } from "../model/executor.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceNo } from "../model/ids.ts";
import { dateOption, optional, parseOptions, stringOption } from "../model/options.ts";
import type { Payload } from "../model/payload.ts";
import { jsonCodec } from "../model/payload.ts";
import { EntityOperationFailedError } from "../replay/failures/function-errors.ts";
import { entityTarget } from "../replay/functions/entity-target.ts";
import { operationGroup } from "../replay/functions/operation-group.ts";

export interface TestEntityOptions<State> {
  /** Default "test". */
  readonly key?: string;
  /** As it is stored. Default: it does not exist. */
  readonly state?: Wire<State>;
  /** What operations see as `now`. Default 2026-01-01T00:00:00Z. */
  readonly now?: Date;
}

/** What an operation that succeeded has sent. */
export type SentByEntity =
  | {
      readonly kind: "signal";
      /** `@counter@a` */
      readonly to: string;
      readonly operation: string;
      readonly input: unknown;
      readonly at: Date | null;
    }
  | {
      readonly kind: "start";
      readonly orchestrator: string;
      readonly instanceId: string;
      readonly input: unknown;
      readonly version: string | null;
      readonly startAt: Date | null;
    };

/** Runs the operation as a call, after those before it. Throws EntityOperationFailedError, as the caller in an orchestrator sees it. */
export type TestEntityCalls<Ops> = {
  readonly [Key in keyof CallGroup<Ops>]: CallGroup<Ops>[Key] extends (...args: infer Args) => infer Task
    ? (...args: Args) => Promise<Awaited<Task>>
    : never;
};

/** One entity by itself, with no task hub. Its state is stored and loaded again between two operations. */
export interface TestEntity<Ops, State> {
  readonly call: TestEntityCalls<Ops>;
  /** As it is stored; null: it does not exist. */
  readonly state: Wire<State> | null;
  /** What it has sent so far: nothing of it is delivered. */
  readonly sent: readonly SentByEntity[];
}

const WHERE = "createTestEntity";
const OPTIONS = ["key", "state", "now"];

export function createTestEntity<Ops, State>(entity: EntityRef<Ops, State>, options?: TestEntityOptions<State>): TestEntity<Ops, State> {
  const given = parseOptions(options, OPTIONS, WHERE);
  const id = entityTarget(entity, optional(given, "key", WHERE, stringOption) ?? "test", WHERE);
  const now = optional(given, "now", WHERE, dateOption) ?? Date.UTC(2026, 0, 1);
  const executor = createNativeExecutor({ functions: new FunctionRegistry([entity]) });
  const one = new EntityAlone({ executor, id, name: entity.name, now, state: jsonCodec.encode(given.state) });
  return one as unknown as TestEntity<Ops, State>; // the proxy has what the types say
}

interface Alone {
  readonly executor: Executor;
  readonly id: InstanceId;
  readonly name: string;
  readonly now: number;
  readonly state: Payload | null;
}

class EntityAlone {
  readonly call: object;
  readonly sent: SentByEntity[] = [];
  readonly #alone: Alone;
  #state: Payload | null;
  #before: Promise<unknown> = Promise.resolve();

  constructor(alone: Alone) {
    this.#alone = alone;
    this.#state = alone.state;
    this.call = operationGroup((operation, input) => {
      const result = this.#before.then(() => this.#run(operation, input));
      this.#before = result.catch(() => {});
      return result;
    });
  }

  get state(): unknown {
    return this.#state === null ? null : jsonCodec.decode(this.#state);
  }

  async #run(operation: string, input: unknown): Promise<unknown> {
    const { executor, id: instanceId, name, now } = this.#alone;
    const asked = { operation, input: jsonCodec.encode(input), isSignal: false, isDurable: true };
    const result = await executor.runEntityBatch({
      ...{ no: instanceNo(1), instanceId, name, alone: false, state: this.#state, now, stopAfterMs: 100, operations: [asked] },
    });
    const [end] = result.kind === "ran" ? result.results : [];
    if (result.kind !== "ran" || end === undefined)
      throw fault("INTERNAL", `operation "${operation}" of ${instanceId} did not run: ${result.kind}`);
    this.#state = result.state;
    this.sent.push(...result.actions.map(sentAs));
    if (end.kind === "failed") throw new EntityOperationFailedError(instanceId, operation, end.failure);
    return jsonCodec.decode(end.result);
  }
}

function sentAs(action: EntityAction): SentByEntity {
  const input = jsonCodec.decode(action.input);
  if (action.kind === "signalEntity") {
    const { instanceId: to, operation, due } = action;
    return { kind: "signal", to, operation, input, at: dateOf(due) };
  }
  const { name: orchestrator, instanceId, version, startAt } = action;
  return { kind: "start", orchestrator, instanceId, input, version, startAt: dateOf(startAt) };
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
