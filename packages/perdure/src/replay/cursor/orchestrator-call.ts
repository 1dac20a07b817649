import type { ErrorCode } from "../../errors/catalogue.ts";
import { fault, messageOf } from "../../errors/perdure-error.ts";
import type { Action } from "../../model/action.ts";
import type { EpisodeOutcome } from "../../model/executor.ts";
import { functionKey } from "../../model/function-name.ts";
import type { EventRaised, ExecutionStarted } from "../../model/history.ts";
import type { EventId, InstanceId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import type { OrchestrationScope } from "../../process/code-scope.ts";
import { outsideOrchestration } from "../../process/code-scope.ts";
import { failureOf } from "../failures/failure-of.ts";
import type { StopCode } from "../failures/stop.ts";
import { stopCodeOf } from "../failures/stop.ts";
import { OrchestrationContextCore } from "../functions/context.ts";
import type { ContextPort, Continuation } from "../functions/context-port.ts";
import type { OrchestratorDefinition } from "../functions/definition.ts";
import type { FunctionLogSink } from "../functions/function-log.ts";
import { PatchMarks } from "../functions/patch-marks.ts";
import { DroppedEvents } from "../tasks/dropped-events.ts";
import { EventBox } from "../tasks/event-box.ts";
import type { Settleable, SettlingEvent } from "../tasks/settleable.ts";
import { settleOpen } from "../tasks/settleable.ts";
import { ExecutionValues } from "../values/execution-values.ts";
import type { PayloadEncoder } from "../values/payload-encoder.ts";
import { isThenable } from "../values/thenable.ts";
import { ActionLedger } from "./action-ledger.ts";
import { decodedInput, endWith, failedWith } from "./call-ends.ts";
import type { CallHost } from "./call-host.ts";

/**
 * One running call of an orchestrator function: its open tasks, what it asks for, and how it ends. It does not know where events come from.
 *
 * User code may use the context only while the *window* is open: from an event that settled a task until no microtask of the instance is left.
 */
export class OrchestratorCall implements ContextPort, OrchestrationScope {
  readonly kind = "orchestrator";
  readonly instanceId: InstanceId;
  readonly definition: OrchestratorDefinition;
  readonly isProbe: boolean;
  readonly events = new EventBox();
  readonly dropped = new DroppedEvents();
  readonly ledger = new ActionLedger();
  readonly patches = new PatchMarks();

  clock = 0;
  replaying = false;
  /** Attempts that the history shows to have been retried. */
  retried: ReadonlySet<EventId> | null = null;

  readonly #host: CallHost;
  /** By the id of the action that the settling event names. */
  readonly #open = new Map<EventId, Settleable>();
  #windowOpen = false;
  #started: ExecutionStarted | null = null;
  #continuation: Continuation | null = null;
  #outcome: EpisodeOutcome | null = null;
  #stopped: StopCode | null = null;
  #customStatus: Payload | null | undefined = undefined;
  #values: ExecutionValues | null = null;

  constructor(host: CallHost, instanceId: InstanceId, definition: OrchestratorDefinition, isProbe: boolean) {
    this.#host = host;
    this.instanceId = instanceId;
    this.definition = definition;
    this.isProbe = isProbe;
  }

  get name(): string {
    return this.definition.name;
  }

  get started(): ExecutionStarted | null {
    return this.#started;
  }

  get isEnded(): boolean {
    return this.#outcome !== null;
  }

  get stopped(): StopCode | null {
    return this.#stopped;
  }

  /** It began, has not ended, and waits for nothing that an event could bring. */
  get isStuck(): boolean {
    return this.#outcome === null && this.#started !== null && this.#open.size === 0 && this.events.waiting === 0;
  }

  get encoder(): PayloadEncoder {
    return this.#host.encoder;
  }

  get functions(): CallHost["functions"] {
    return this.#host.functions;
  }

  get log(): FunctionLogSink {
    return this.#host.log;
  }

  /** Made at their first use: most orchestrators need none. */
  get values(): ExecutionValues {
    if (this.#started === null) throw fault("INTERNAL", `"${this.name}" (${this.instanceId}) was used before it began`);
    this.#values ??= new ExecutionValues(this.instanceId, this.#started);
    return this.#values;
  }

  // --- events: each answers true when user code runs, in an open window ---

  start(event: ExecutionStarted): boolean {
    if (this.#started !== null) return false;
    this.#started = event;
    this.#windowOpen = true;
    let returned: unknown;
    try {
      const input = decodedInput(this.encoder, this.definition, event.input);
      returned = this.#host.runScoped(this, this.definition.run, new OrchestrationContextCore(this), input);
      // A thenable of the author's own may throw already where it is looked at.
      if (isThenable(returned)) {
        returned.then(
          (value) => this.#returned(value),
          (error: unknown) => this.#threw(error),
        );
        return true;
      }
    } catch (error) {
      this.#threw(error);
      return true;
    }
    this.#returned(returned);
    return true;
  }

  settle(id: EventId, event: SettlingEvent): boolean {
    if (this.#outcome !== null || !settleOpen(this.#open, id, event)) return false;
    this.#windowOpen = true;
    return true;
  }

  raise(event: EventRaised): boolean {
    if (this.#outcome !== null && this.#outcome.kind !== "continuedAsNew") return false;
    if (!this.events.deliver(functionKey(event.name), event)) return false;
    this.#windowOpen = true;
    return true;
  }

  closeWindow(): void {
    this.#windowOpen = false;
  }

  takeCustomStatus(): Payload | null | undefined {
    const status = this.#customStatus;
    this.#customStatus = undefined;
    return status;
  }

  /** Built last: what this episode delivered after the function returned is carried over too. */
  outcome(): EpisodeOutcome | null {
    const outcome = this.#outcome;
    if (outcome === null || outcome.kind !== "continuedAsNew" || this.#continuation?.preserveEvents !== true) return outcome;
    return { ...outcome, carryOver: this.events.leftover() };
  }

  // --- the end of the function ---

  #returned(value: unknown): void {
    if (!this.#mayEnd()) return;
    if (this.#continuation !== null) {
      const { token, input, labels } = this.#continuation;
      if (value === token) this.#end({ kind: "continuedAsNew", input, carryOver: [], ...labels });
      else this.stop("CONTINUE_NOT_RETURNED", messageOf("CONTINUE_NOT_RETURNED", this.name, this.instanceId, value));
      return;
    }
    this.#end(endWith(this.encoder, this.definition, value));
  }

  #threw(error: unknown): void {
    if (!this.#mayEnd()) return;
    if (!this.stopsFor(error)) this.#end(failedWith(error));
  }

  stopsFor(error: unknown): boolean {
    const stop = stopCodeOf(error);
    if (stop !== null) this.stop(stop.code, `"${this.name}" (${this.instanceId}): ${stop.message}`);
    return stop !== null;
  }

  #mayEnd(): boolean {
    if (this.#outcome !== null || this.#stopped !== null) return false;
    if (this.#windowOpen) return true;
    this.#late("LATE_END", messageOf("LATE_END", this.name, this.instanceId));
    return false;
  }

  /** Whatever waits now is dropped with the call: no `catch` or `finally` of the author runs. */
  #end(outcome: EpisodeOutcome): void {
    this.#outcome = outcome;
    this.#open.clear();
  }

  // --- what the context and tasks use ---

  use(what: string, name?: string): void {
    if (this.#windowOpen && this.#outcome === null && this.#continuation === null && this.#stopped === null) return;
    const text = name === undefined ? what : `${what} ${JSON.stringify(name)}`;
    if (this.#windowOpen) throw fault(this.#outcome !== null ? "CONTEXT_ENDED" : "CONTEXT_CONTINUED", text);
    const late = fault("LATE_USE", this.name, this.instanceId, text);
    this.#late("LATE_USE", late.message);
    throw late;
  }

  /** False, not an error, after the end and after continueAsNew: there is nothing left to cancel. */
  mayCancel(task: { readonly label: string }): boolean {
    if (this.#outcome !== null || this.#continuation !== null) return false;
    this.use("cancel", task.label);
    return true;
  }

  ask(action: Action): void {
    this.ledger.ask(action);
  }

  takeId(): EventId {
    return this.ledger.takeId();
  }

  expect(id: EventId, task: Settleable): void {
    this.#open.set(id, task);
  }

  hasBudget(actions: number): boolean {
    return this.ledger.count + actions <= this.#host.maxActions;
  }

  checkBudget(): void {
    if (!this.hasBudget(1)) throw fault("TOO_MANY_ACTIONS", this.#host.maxActions);
  }

  wasRetried(attemptId: EventId): boolean {
    return this.retried?.has(attemptId) === true;
  }

  giveUp(id: EventId, action: Action): void {
    this.#open.delete(id);
    this.ask(action);
  }

  continueAsNew(continuation: Continuation): void {
    this.#continuation = continuation;
  }

  setCustomStatus(status: Payload | null): void {
    this.#customStatus = status;
  }

  /** The runtime's own line about this instance. */
  warn(event: string, message: string, fields: { readonly [key: string]: unknown }): void {
    if (this.replaying || this.isProbe) return;
    const { name: functionName, instanceId } = this;
    this.log({ level: "warn", event, message, fields, functionKind: "orchestrator", functionName, instanceId });
  }

  stop(code: ErrorCode, message: string): void {
    this.#stopped ??= { code, message };
  }

  /** Found between two episodes: the next one will answer with it, the log tells it now. */
  #late(code: ErrorCode, message: string): void {
    if (this.#stopped !== null) return;
    this.stop(code, message);
    outsideOrchestration(() => this.warn("orchestrator.late", message, {}));
  }

  // --- OrchestrationScope: what the deterministic globals use ---

  random(): number {
    return this.values.random();
  }

  microtaskFailed(error: unknown): void {
    this.#threw(error);
  }

  refused(error: Error): void {
    this.stopsFor(error);
  }

  /** Ticks run when Node sees fit, not where a replay would run them: never a failure of the orchestration. */
  tickFailed(error: unknown): void {
    const message = messageOf("TICK_FAILED", this.name, this.instanceId, failureOf(error).message);
    if (this.#windowOpen) this.stop("TICK_FAILED", message);
    else this.#late("TICK_FAILED", message);
  }

  branchRejected(reason: unknown): void {
    this.warn("orchestrator.branch-rejected", "A branch of the orchestrator rejected and is not awaited.", { error: failureOf(reason) });
  }
}
