import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fault } from "../../errors/perdure-error.ts";
import { shown } from "../../errors/shown.ts";
import { DURATION_FORM } from "../../model/duration.ts";
import { functionKey } from "../../model/function-name.ts";
import type { HttpAnswer } from "../../model/http-call.ts";
import { patchProblem } from "../../model/names.ts";
import { booleanOption, durationOption, optional, parseOptions } from "../../model/options.ts";
import { checkedInstanceId, checkedVersion, tagsOption } from "../../model/start-options.ts";
import { keepThis } from "../../model/taken-methods.ts";
import { targetName } from "../../model/target.ts";
import { parseDate, timeAfter } from "../../model/time.ts";
import { outsideOrchestration } from "../../process/code-scope.ts";
import { RealDate } from "../../process/real-globals.ts";
import type { FunctionLogger } from "../../telemetry/function-logger.ts";
import { functionLogger } from "../../telemetry/function-logger.ts";
import { ActivityTask, ChildTask } from "../tasks/call-task.ts";
import type { TaskCore } from "../tasks/durable-task.ts";
import { EventTaskCore } from "../tasks/event-task.ts";
import { HttpTask } from "../tasks/http-task.ts";
import type { LockTask } from "../tasks/lock-task.ts";
import { TimerTaskCore } from "../tasks/timer-task.ts";
import { validateNow } from "../values/schema.ts";
import type { CallRetry } from "./call-retry.ts";
import { retryOf, slotRuleOf, versionIn } from "./call-retry.ts";
import { slotOf } from "./call-slot.ts";
import type { ContextPort } from "./context-port.ts";
import { ContinuedAsNew } from "./continued-as-new.ts";
import { EntityCalls } from "./entity-calls.ts";
import { parseHttpCall } from "./http-call-options.ts";
import type { ForItem } from "./map-items.ts";
import { mapItems } from "./map-items.ts";
import { otherInstanceId } from "./other-instance.ts";
import { retryOption } from "./retry-options.ts";
import { allOf, anyOf } from "./task-lists.ts";

/** Limit of the custom status: two bytes for each character of its JSON. */
const MAX_CUSTOM_STATUS_BYTES = 16_384;

/** A reference to a function, as far as calls need it: a name, and what its definition says when it is one. */
export type CallTarget = string | { readonly name: string };

/** An external event's name, or a token that has one. */
export type EventTarget = string | { readonly name: string; readonly schema?: StandardSchemaV1 | undefined };

type Options = { readonly [option: string]: unknown };

const ACTIVITY_OPTIONS = ["retry", "timeout", "key"];
const CHILD_OPTIONS = ["instanceId", "version", "tags", "retry"];
const START_OPTIONS = ["instanceId", "version", "tags", "startAt"];
const WAIT_OPTIONS = ["timeout", "default"];
const CONTINUE_OPTIONS = ["preserveUnprocessedEvents", "version", "tags"];
const PATCH_OPTIONS = ["mayTurn"];
const NO_OPTIONS: Options = {};

/**
 * What an orchestrator function is given, types erased: `functions/context-types.ts` has what authors see. Every request is checked here, at
 * the call, so that an error has the author's line.
 */
export class OrchestrationContextCore {
  readonly #port: ContextPort;
  #log: FunctionLogger | null = null;
  #entityCalls: EntityCalls | null = null;

  constructor(port: ContextPort) {
    this.#port = port;
  }

  get instanceId(): string {
    return this.#port.instanceId;
  }

  get executionId(): string {
    return this.#port.started?.executionId ?? "";
  }

  get parentInstanceId(): string | null {
    return this.#port.started?.parent?.instanceId ?? null;
  }

  get version(): string | null {
    return this.#port.started?.version ?? null;
  }

  get traceparent(): string | null {
    return this.#port.started === null ? null : this.#port.values.traceparent;
  }

  get isReplaying(): boolean {
    return this.#port.replaying;
  }

  get currentUtcDateTime(): Date {
    return new RealDate(this.#port.clock);
  }

  get log(): FunctionLogger {
    const port = this.#port;
    this.#log ??= functionLogger((level, message, fields) => {
      if (port.replaying || port.isProbe) return;
      const of = { functionName: port.name, instanceId: port.instanceId, traceparent: this.traceparent };
      outsideOrchestration(() => port.log({ level, message, fields, functionKind: "orchestrator", ...of }));
    });
    return this.#log;
  }

  callActivity(target: CallTarget, input?: unknown, options?: Options): TaskCore<unknown> {
    const name = targetName(target, "activity", "ctx.callActivity");
    const port = this.#begin("callActivity", name);
    const payload = port.encoder.encode(input, `input of activity "${name}"`);
    let timeoutMs: number | null = null;
    let retry: CallRetry | undefined;
    if (options !== undefined) {
      const where = `ctx.callActivity "${name}"`;
      parseOptions(options, ACTIVITY_OPTIONS, where);
      if (options.timeout !== undefined) timeoutMs = durationOption(options.timeout, where, "timeout");
      retry = retryOption(options, where);
    }
    const registered = port.functions.find("activity", name);
    const rule = slotRuleOf(target) ?? registered?.slots;
    const key = options?.key;
    const slot = rule === undefined && key === undefined ? null : slotOf({ activity: name, rule, input, key });
    const task = new ActivityTask(port, name, payload, { timeoutMs, slot });
    task.begin(retry ?? retryOf(target) ?? registered?.retry ?? null);
    return task;
  }

  callSubOrchestrator(target: CallTarget, input?: unknown, options: Options = NO_OPTIONS): TaskCore<unknown> {
    const name = targetName(target, "orchestrator", "ctx.callSubOrchestrator");
    const port = this.#begin("callSubOrchestrator", name);
    const where = `ctx.callSubOrchestrator "${name}"`;
    parseOptions(options, CHILD_OPTIONS, where);
    this.#entityCalls?.check({ kind: "callSubOrchestrator", name });
    const task = new ChildTask(port, name, {
      input: port.encoder.encode(input, `input of orchestrator "${name}"`),
      instanceId: otherInstanceId(port, options.instanceId),
      version: optional(options, "version", where, checkedVersion) ?? this.#versionOf(target, name),
      tags: optional(options, "tags", where, tagsOption) ?? null,
    });
    task.begin(retryOption(options, where) ?? retryOf(target) ?? port.functions.find("orchestrator", name)?.retry ?? null);
    return task;
  }

  /** Fire and forget: its end is not waited for. */
  startOrchestration(target: CallTarget, input?: unknown, options: Options = NO_OPTIONS): string {
    const name = targetName(target, "orchestrator", "ctx.startOrchestration");
    const port = this.#begin("startOrchestration", name);
    const where = `ctx.startOrchestration "${name}"`;
    parseOptions(options, START_OPTIONS, where);
    const payload = port.encoder.encode(input, `input of orchestrator "${name}"`);
    const given = otherInstanceId(port, options.instanceId);
    const version = optional(options, "version", where, checkedVersion) ?? this.#versionOf(target, name);
    const tags = optional(options, "tags", where, tagsOption) ?? null;
    const startAt = options.startAt === undefined ? null : this.#timeOf(options.startAt, where, "startAt");
    const id = port.takeId();
    const instanceId = given ?? port.values.childId(id);
    port.ask({ kind: "startOrchestration", id, name, instanceId, minted: given === null, input: payload, version, tags, startAt });
    return instanceId;
  }

  createTimer(when: unknown): TimerTaskCore {
    const port = this.#begin("createTimer");
    const fireAt = this.#timeOf(when, "ctx.createTimer", "when");
    const id = port.takeId();
    port.ask({ kind: "createTimer", id, fireAt });
    const task = new TimerTaskCore(port, id);
    port.expect(id, task);
    return task;
  }

  waitForExternalEvent(target: EventTarget, options: Options = NO_OPTIONS): EventTaskCore {
    const name = targetName(target, "event", "ctx.waitForExternalEvent");
    const port = this.#begin("waitForExternalEvent", name);
    const where = `ctx.waitForExternalEvent "${name}"`;
    parseOptions(options, WAIT_OPTIONS, where);
    const timeout = options.timeout;
    if (timeout === undefined && Object.hasOwn(options, "default"))
      throw fault("CALL_INVALID", where, "a default has an effect only together with a timeout");
    const timeoutMs = timeout === undefined ? null : durationOption(timeout, where, "timeout");
    const task = new EventTaskCore(port, name, functionKey(name), typeof target === "string" ? null : (target.schema ?? null));
    for (let kept = port.events.take(task.nameKey); kept !== null; kept = port.events.take(task.nameKey)) {
      if (task.offer(kept.event, kept.at)) return task;
    }
    port.events.wait(task);
    if (timeoutMs === null) return task;
    const timerId = port.takeId();
    const otherwise = Object.hasOwn(options, "default") ? { value: options.default } : null;
    task.limit({ timerId, text: typeof timeout === "string" ? timeout : `${timeoutMs}ms`, otherwise });
    port.ask({ kind: "createTimer", id: timerId, fireAt: timeAfter(port.clock, timeoutMs) });
    port.expect(timerId, task);
    return task;
  }

  /** One task for the request, its redirects, its retries, and the questions after work that the server has accepted. */
  callHttp(options: unknown): TaskCore<HttpAnswer> {
    return HttpTask.begun(this.#begin("callHttp"), parseHttpCall(options));
  }

  /** To another instance; an unknown or ended one drops it. */
  raiseEvent(instanceId: string, target: EventTarget, data?: unknown): void {
    const name = targetName(target, "event", "ctx.raiseEvent");
    const port = this.#begin("raiseEvent", name);
    const to = checkedInstanceId(instanceId);
    const where = `payload of event "${name}"`;
    const input = port.encoder.encode(data, where);
    const schema = typeof target === "string" ? undefined : target.schema;
    // As the receiver will read it.
    if (schema !== undefined) validateNow(schema, port.encoder.decode(input), where);
    port.ask({ kind: "sendEvent", id: port.takeId(), instanceId: to, name, input });
  }

  entity(target: unknown, key?: unknown): ReturnType<EntityCalls["entity"]> {
    return this.#entities.entity(target, key);
  }

  lock(...asked: readonly unknown[]): LockTask {
    return this.#entities.lock(...asked);
  }

  get isLocked(): boolean {
    return this.#entityCalls?.isLocked === true;
  }

  /** Effective when the function returns what this gives; does not throw. */
  continueAsNew(input?: unknown, options: Options = NO_OPTIONS): ContinuedAsNew {
    const port = this.#port;
    port.use("continueAsNew");
    parseOptions(options, CONTINUE_OPTIONS, "ctx.continueAsNew");
    const where = "ctx.continueAsNew";
    const preserveEvents = optional(options, "preserveUnprocessedEvents", where, booleanOption) ?? true;
    const version = optional(options, "version", where, checkedVersion);
    const tags = optional(options, "tags", where, tagsOption);
    const token = new ContinuedAsNew();
    const labels = { ...(version === undefined ? {} : { version }), ...(tags === undefined ? {} : { tags }) };
    port.continueAsNew({ input: port.encoder.encode(input, `input of orchestrator "${port.name}"`), labels, preserveEvents, token });
    return token;
  }

  setCustomStatus(status: unknown): void {
    const port = this.#port;
    port.use("setCustomStatus");
    const encoded = port.encoder.encode(status, "custom status");
    const bytes = encoded === null ? 0 : encoded.length * 2;
    if (bytes > MAX_CUSTOM_STATUS_BYTES) throw fault("CUSTOM_STATUS_TOO_LARGE", bytes, MAX_CUSTOM_STATUS_BYTES);
    port.setCustomStatus(encoded);
  }

  /** True in executions that reach this call live for the first time, false in those that passed it before. */
  patched(id: string, options: Options = NO_OPTIONS): boolean {
    const port = this.#port;
    port.use("patched");
    const problem = patchProblem(id);
    if (problem !== null) throw fault("CALL_INVALID", "ctx.patched", `the id ${shown(id)} cannot be used: ${problem}`);
    const where = `ctx.patched "${id}"`;
    parseOptions(options, PATCH_OPTIONS, where);
    return port.patches.ask(id, optional(options, "mayTurn", where, booleanOption) ?? false, port);
  }

  newGuid(): string {
    const port = this.#port;
    port.use("newGuid");
    return port.values.newGuid(port.clock);
  }

  all(tasks: readonly unknown[]): TaskCore<unknown[]> {
    this.#port.use("all");
    return allOf(tasks);
  }

  map(items: readonly unknown[], forItem: ForItem, options?: Options): Promise<unknown[]> {
    this.#port.use("map");
    return mapItems(items, forItem, options);
  }

  any(tasks: readonly unknown[] | { readonly [key: string]: unknown }): TaskCore<unknown> {
    this.#port.use("any");
    return anyOf(tasks);
  }

  get #entities(): EntityCalls {
    this.#entityCalls ??= new EntityCalls(this.#port);
    return this.#entityCalls;
  }

  #begin(what: string, name?: string): ContextPort {
    this.#port.use(what, name);
    this.#port.checkBudget();
    return this.#port;
  }

  #versionOf(target: CallTarget, name: string): string | null {
    return versionIn(target) ?? this.#port.functions.versionOf(name);
  }

  #timeOf(when: unknown, where: string, option: string): number {
    return parseDate(when) ?? timeAfter(this.#port.clock, durationOption(when, where, option, `a Date, or ${DURATION_FORM}`));
  }
}

keepThis(OrchestrationContextCore);
