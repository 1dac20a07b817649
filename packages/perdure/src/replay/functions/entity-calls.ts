import { fault } from "../../errors/perdure-error.ts";
import { DURATION_FORM } from "../../model/duration.ts";
import type { EventId, InstanceId } from "../../model/ids.ts";
import { durationOption, optional, parseOptions } from "../../model/options.ts";
import { parseDate, timeAfter } from "../../model/time.ts";
import { LockingRulesViolationError } from "../failures/function-errors.ts";
import type { TaskListener } from "../tasks/durable-task.ts";
import { EntityTask } from "../tasks/entity-task.ts";
import { LockTask } from "../tasks/lock-task.ts";
import type { ContextPort } from "./context-port.ts";
import { entityTarget } from "./entity-target.ts";
import { operationGroup } from "./operation-group.ts";
import type { AskedInSection } from "./section-rules.ts";
import { sectionProblem } from "./section-rules.ts";

const SIGNAL_OPTIONS = ["at"];
const LOCK_OPTIONS = ["timeout"];

/** What an execution asks of entities, and the one critical section that it may have, with all its branches. */
export class EntityCalls implements TaskListener {
  readonly #port: ContextPort;
  #openCalls = 0;
  #lock: LockTask | null = null;

  constructor(port: ContextPort) {
    this.#port = port;
  }

  get isLocked(): boolean {
    return this.#lock?.isGranted === true;
  }

  entity(target: unknown, key: unknown): { readonly call: object; readonly signal: object } {
    const instanceId = entityTarget(target, key, "ctx.entity");
    return {
      call: operationGroup((operation, input) => this.#call(instanceId, operation, input)),
      signal: operationGroup((operation, input, options) => this.#signal(instanceId, operation, input, options)),
    };
  }

  /** `lock(a, b)`, or `lock([a, b], { timeout })`. */
  lock(...asked: readonly unknown[]): LockTask {
    const [ids, options] = Array.isArray(asked[0]) ? [asked[0] as readonly unknown[], asked[1]] : [asked, undefined];
    const entities = ids.map((id) => entityTarget(id, undefined, "ctx.lock"));
    if (entities.length === 0) throw fault("CALL_INVALID", "ctx.lock", "it needs at least one entity");
    const timeout = parseOptions(options, LOCK_OPTIONS, "ctx.lock").timeout;
    const timeoutMs = timeout === undefined ? null : durationOption(timeout, "ctx.lock", "timeout");
    const id = this.#begin("lock", { kind: "lockEntities", openCalls: this.#openCalls });
    this.#port.ask({ kind: "lockEntities", id, entities });
    const task = new LockTask(this.#port, id, [...new Set(entities)].sort());
    task.value = new EntityLockCore(
      task,
      entities.map((instanceId) => ({ call: operationGroup((operation, input) => this.#callInside(task, instanceId, operation, input)) })),
    );
    this.#lock = task;
    this.#port.expect(id, task);
    if (timeoutMs !== null) this.#limit(task, timeoutMs, typeof timeout === "string" ? timeout : `${timeoutMs}ms`);
    return task;
  }

  /** Throws a LockingRulesViolationError where a critical section forbids what is asked for. */
  check(asked: AskedInSection): void {
    const problem = sectionProblem(this.#lock?.isOver === false ? this.#lock : null, asked);
    if (problem !== null) throw new LockingRulesViolationError(problem);
  }

  #limit(task: LockTask, timeoutMs: number, text: string): void {
    const port = this.#port;
    const timerId = port.takeId();
    task.limit({ timerId, text });
    port.ask({ kind: "createTimer", id: timerId, fireAt: timeAfter(port.clock, timeoutMs) });
    port.expect(timerId, task);
  }

  #call(instanceId: InstanceId, operation: string, input: unknown): EntityTask {
    const port = this.#port;
    const payload = port.encoder.encode(input, `input of operation "${operation}" of ${instanceId}`);
    const id = this.#begin(`call ${operation}`, { kind: "callEntity", instanceId });
    port.ask({ kind: "callEntity", id, instanceId, operation, input: payload });
    const task = new EntityTask(port, instanceId, operation);
    task.listen(this);
    this.#openCalls += 1;
    port.expect(id, task);
    return task;
  }

  childSettled(): void {
    this.#openCalls -= 1;
  }

  #callInside(lock: LockTask, instanceId: InstanceId, operation: string, input: unknown): EntityTask {
    if (lock.isOver) {
      const advice = "Call it inside the block that holds the lock, or through ctx.entity";
      throw new LockingRulesViolationError(
        `${instanceId} was called through a lock that was released before: the section has ended. ${advice}`,
      );
    }
    return this.#call(instanceId, operation, input);
  }

  #signal(instanceId: InstanceId, operation: string, input: unknown, options: unknown): void {
    const port = this.#port;
    const where = `signal "${operation}" to ${instanceId}`;
    const due = optional(parseOptions(options, SIGNAL_OPTIONS, where), "at", where, (at) => this.#timeOf(at, where)) ?? null;
    const payload = port.encoder.encode(input, `input of ${where}`);
    const id = this.#begin(`signal ${operation}`, { kind: "signalEntity", instanceId });
    port.ask({ kind: "signalEntity", id, instanceId, operation, input: payload, due });
  }

  #timeOf(at: unknown, where: string): number {
    return parseDate(at) ?? timeAfter(this.#port.clock, durationOption(at, where, "at", `a Date, or ${DURATION_FORM}`));
  }

  #begin(what: string, asked: AskedInSection): EventId {
    this.#port.use(what, "instanceId" in asked ? asked.instanceId : undefined);
    this.check(asked);
    this.#port.checkBudget();
    return this.#port.takeId();
  }
}

/** What a granted lock gives: `using lock = await ctx.lock(…)`. */
class EntityLockCore implements Disposable {
  readonly entities: readonly { readonly call: object }[];
  readonly #task: LockTask;

  constructor(task: LockTask, entities: readonly { readonly call: object }[]) {
    this.#task = task;
    this.entities = entities;
  }

  release(): void {
    this.#task.release();
  }

  [Symbol.dispose](): void {
    this.#task.release();
  }
}
