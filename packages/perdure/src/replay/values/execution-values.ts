import type { EditMark } from "../../model/edit-mark.ts";
import type { ExecutionStarted } from "../../model/history.ts";
import type { EventId, InstanceId, Seed } from "../../model/ids.ts";
import { instanceId as toInstanceId } from "../../model/ids.ts";
import { seedOf } from "../../model/seed.ts";
import { RealDate } from "../../process/real-globals.ts";
import type { InstanceTrace } from "../../telemetry/traces/instance-trace.ts";
import { instanceTrace } from "../../telemetry/traces/instance-trace.ts";
import { nameGuid } from "./guid.ts";
import { seededRandom } from "./random.ts";

/**
 * What user code gets where it asks for chance: derived from the seed that ExecutionStarted records, so every replay gives the same, and no two
 * executions share any. The formulas may never change: recorded histories depend on them.
 */
export class ExecutionValues {
  #seed: Seed;
  #isSeeded: boolean;
  readonly #instanceId: InstanceId;
  readonly #started: ExecutionStarted;
  #random: (() => number) | null = null;
  #guids = 0;
  /** Undefined: not asked for. */
  #trace: InstanceTrace | null | undefined;

  constructor(instanceId: InstanceId, started: ExecutionStarted) {
    this.#instanceId = instanceId;
    this.#started = started;
    this.#seed = seedOf(instanceId, started);
    // Histories of older releases continue with the formulas they began with.
    this.#isSeeded = started.seed !== undefined;
  }

  get seed(): Seed {
    return this.#seed;
  }

  /** Where the orchestration stands in a trace, computed from what is recorded of it. Null: it is not traced. */
  get traceparent(): string | null {
    if (this.#trace === undefined) this.#trace = instanceTrace(this.#started, this.#started.generation);
    return this.#trace?.traceparent() ?? null;
  }

  /** What is asked for from here on meets nothing of before: the history was edited here. */
  edited(mark: EditMark, generation: number): void {
    this.#seed = mark.seed;
    this.#trace = instanceTrace(this.#started, generation, mark);
    this.#isSeeded = true;
    this.#random = null;
    this.#guids = 0;
  }

  /** 0 … 1, the next of the execution's own sequence. */
  random(): number {
    this.#random ??= seededRandom(this.seed);
    return this.#random();
  }

  newGuid(clock: number): string {
    const count = this.#guids++;
    if (this.#isSeeded) return nameGuid(`${this.seed}/guid/${count}`);
    return nameGuid(`${this.#instanceId}_${new RealDate(clock).toISOString()}_${count}`);
  }

  /** For the sub-orchestration that is asked for as action `id`. */
  childId(id: EventId): InstanceId {
    const { executionId, generation } = this.#started;
    const name = this.#isSeeded ? `${this.seed}/child/${id}` : `${this.#instanceId}_${executionId}_${generation}_${id}`;
    return toInstanceId(nameGuid(name).replaceAll("-", ""));
  }
}

/** One for all attempts and deliveries of a call, and no other's; `callId` is the event id of its first attempt. */
export const idempotencyKeyOf = (seed: Seed, callId: EventId): string => nameGuid(`${seed}/call/${callId}`);
