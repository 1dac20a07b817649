import assert from "node:assert/strict";
import type { FunctionRegistry } from "../../functions/registry.ts";
import type { Action } from "../../model/action.ts";
import { assertNever } from "../../model/assert-never.ts";
import type {
  ActivityResult,
  Declined,
  EntityBatchResult,
  EpisodeOutcome,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  Lost,
} from "../../model/executor.ts";
import type { Failure } from "../../model/failure.ts";
import type { EventRaised, HistoryEvent, ParentRef } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import { eventId, executionId, instanceId, instanceNo } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { payload } from "../../model/payload.ts";
import { newSeed } from "../../model/seed.ts";
import { createNativeExecutor } from "../native-executor.ts";

/** A moment in 2026 on which every driver begins. */
export const START = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export interface DriverOptions {
  readonly name: string;
  readonly input?: unknown;
  readonly id?: string;
  readonly no?: number;
  readonly parent?: ParentRef;
  readonly version?: string;
  /** EventRaised before the first episode (a continue-as-new's carry-over). */
  readonly carryOver?: readonly EventRaised[];
}

/** What an episode led to, in few words. */
export interface Ran {
  readonly actions: readonly Action[];
  readonly customStatus: unknown;
  readonly openEvents: readonly string[] | undefined;
  readonly outcome: EpisodeOutcome | null;
}

/** As the engine does: a call that is not carried out is delivered again, whatever the executor says of it. */
export async function delivered<Result extends EpisodeResult | ActivityResult | EntityBatchResult>(
  call: () => Promise<Result>,
  before: () => unknown = () => {},
): Promise<Exclude<Result, Lost | Declined>> {
  for (;;) {
    const result = await call().catch((): Lost => ({ kind: "lost", atFault: null }));
    if (result.kind !== "lost" && result.kind !== "declined") return result as Exclude<Result, Lost | Declined>;
    before();
  }
}

const COMPLETED: { readonly [Kind in HistoryEvent["kind"]]?: "SubOrchestrationInstanceCompleted" | "EntityOperationCompleted" } = {
  SubOrchestrationInstanceCreated: "SubOrchestrationInstanceCompleted",
  EntityOperationCalled: "EntityOperationCompleted",
};

/** Plays the engine for one instance: builds fresh events, records what the orchestrator asked for, replays when asked to. */
export class EpisodeDriver {
  readonly #executor: Executor;
  readonly #options: DriverOptions;
  readonly history: HistoryEvent[] = [];
  readonly requests: EpisodeRequest[] = [];
  episodes = 0;
  #attempts = 0;
  now = START;
  /** Events that came in and wait for the next episode. */
  #incoming: HistoryEvent[] = [];

  constructor(executor: Executor, options: DriverOptions) {
    this.#executor = executor;
    this.#options = options;
  }

  get id(): string {
    return this.#options.id ?? "instance-1";
  }

  start(): Promise<Ran> {
    this.#incoming.push(...(this.#options.carryOver ?? []));
    return this.episode();
  }

  completed(id: number, result?: unknown): this {
    const found = this.#recorded(id);
    const kind = COMPLETED[found.kind] ?? "TaskCompleted";
    this.#incoming.push({ kind, ts: this.now, taskId: eventId(id), result: json(result) });
    return this;
  }

  failed(id: number, failure: Failure, progress?: unknown): this {
    const found = this.#recorded(id);
    if (found.kind === "SubOrchestrationInstanceCreated") {
      this.#incoming.push({ kind: "SubOrchestrationInstanceFailed", ts: this.now, taskId: eventId(id), failure });
      return this;
    }
    if (found.kind === "EntityOperationCalled") {
      this.#incoming.push({ kind: "EntityOperationFailed", ts: this.now, taskId: eventId(id), failure });
      return this;
    }
    const beat = progress === undefined ? {} : { progress: json(progress) as Payload };
    this.#incoming.push({ kind: "TaskFailed", ts: this.now, taskId: eventId(id), failure, ...beat });
    return this;
  }

  granted(id: number): this {
    assert.equal(this.#recorded(id).kind, "EntityLockRequested");
    this.#incoming.push({ kind: "EntityLockGranted", ts: this.now, taskId: eventId(id) });
    return this;
  }

  fired(id: number): this {
    const found = this.#recorded(id);
    assert.equal(found.kind, "TimerCreated");
    const fireAt = found.kind === "TimerCreated" ? found.fireAt : 0;
    this.now = Math.max(this.now, fireAt);
    this.#incoming.push({ kind: "TimerFired", ts: this.now, timerId: eventId(id), fireAt });
    return this;
  }

  raised(name: string, input?: unknown): this {
    this.#incoming.push({ kind: "EventRaised", ts: this.now, name, input: json(input) });
    return this;
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Drops the live cursor: the next episode replays. */
  evict(): this {
    this.#executor.forget(instanceNo(this.#options.no ?? 1));
    return this;
  }

  async episode(): Promise<Ran> {
    const { result } = await this.tryEpisode();
    assert.equal(result.kind, "ran", JSON.stringify(result));
    if (result.kind !== "ran") throw new Error("unreachable");
    return ran(result);
  }

  /** The message of an episode that must be stopped. */
  async stops(code: string): Promise<string> {
    const { result } = await this.tryEpisode();
    assert.equal(result.kind, "stopped", JSON.stringify(result));
    if (result.kind !== "stopped") throw new Error("unreachable");
    assert.equal(result.code, code);
    return result.message;
  }

  async tryEpisode(): Promise<{ readonly result: EpisodeResult; readonly askedForHistory: boolean }> {
    const fresh: HistoryEvent[] = [...this.#incoming, { kind: "OrchestratorStarted", ts: this.now }];
    if (this.episodes === 0) fresh.push(this.#executionStarted());
    const request = this.#request(fresh);
    this.requests.push(request);
    let askedForHistory = false;
    const result = await delivered(
      async () => {
        const first = await this.#executor.runEpisode({ ...request, attempt: this.#attempts++ });
        if (first.kind !== "historyNeeded") return first;
        askedForHistory = true;
        return this.#executor.runEpisode({ ...request, attempt: this.#attempts++, history: this.history.slice() });
      },
      () => this.evict(),
    );
    if (result.kind === "ran") this.#record(fresh, result);
    return { result, askedForHistory };
  }

  /** A new cursor, given the whole history, must ask for the same in its last episode. */
  async assertReplays(functions: FunctionRegistry): Promise<void> {
    const last = this.requests.at(-1);
    if (last === undefined) return;
    const at = this.history.findLastIndex((event) => event.kind === "OrchestratorStarted") - (last.fresh.length - 1);
    const begin = this.episodes === 1 ? 0 : at;
    const executor = createNativeExecutor({ functions });
    const result = await executor.runEpisode({ ...last, history: this.history.slice(0, begin) });
    assert.equal(result.kind, "ran", JSON.stringify(result));
    if (result.kind !== "ran") return;
    const recorded = this.history.slice(begin + last.fresh.length).filter((event) => event.kind !== "OrchestratorCompleted");
    assert.deepEqual(
      result.actions.map((action) => recordedAs(action, 0)),
      recorded.map((event) => ({ ...event, ts: 0 })),
    );
    assert.deepEqual(result.outcome, this.outcome);
  }

  outcome: EpisodeOutcome | null = null;

  #request(fresh: readonly HistoryEvent[]): EpisodeRequest {
    const { name, no } = this.#options;
    const key = { no: instanceNo(no ?? 1), attempt: this.requests.length, instanceId: instanceId(this.id), generation: 0 };
    return { ...key, name, version: this.#options.version ?? null, alone: false, episode: this.episodes, history: null, fresh };
  }

  #executionStarted(): HistoryEvent {
    const { name, input, version, parent } = this.#options;
    const execution = executionId(`execution-of-${this.id}`);
    return {
      kind: "ExecutionStarted",
      ts: this.now,
      name,
      executionId: execution,
      generation: 0,
      seed: newSeed(execution),
      input: json(input),
      version: version ?? null,
      parent: parent ?? null,
      tags: null,
    };
  }

  #record(fresh: readonly HistoryEvent[], result: EpisodeResult & { readonly kind: "ran" }): void {
    this.#incoming = [];
    this.history.push(...fresh, ...result.actions.map((action) => recordedAs(action, this.now)), {
      kind: "OrchestratorCompleted",
      ts: this.now,
      ...(result.droppedEvents === undefined ? {} : { droppedEvents: result.droppedEvents }),
      ...(result.openEvents === undefined ? {} : { openEvents: result.openEvents }),
      ...(result.trace === undefined ? {} : { trace: result.trace }),
    });
    this.episodes++;
    this.outcome = result.outcome;
  }

  #recorded(id: number): HistoryEvent {
    const found = this.history.find((event) => "id" in event && event.id === id);
    assert.ok(found, `nothing was asked for as action ${id}`);
    return found;
  }
}

function ran(result: EpisodeResult & { readonly kind: "ran" }): Ran {
  const status = result.customStatus;
  return {
    actions: result.actions,
    customStatus: status === undefined ? undefined : status === null ? null : JSON.parse(status),
    openEvents: result.openEvents,
    outcome: result.outcome,
  };
}

const json = (value: unknown): Payload | null => (value === undefined ? null : payload(JSON.stringify(value)));

/** The history event that core would record. */
export function recordedAs(action: Action, ts: number): HistoryEvent {
  switch (action.kind) {
    case "callActivity":
      return { ...action, kind: "TaskScheduled", ts };
    case "callSubOrchestrator": {
      const { minted: _minted, ...child } = action;
      return { ...child, kind: "SubOrchestrationInstanceCreated", fireAndForget: false, ts };
    }
    case "startOrchestration": {
      const { minted: _minted, startAt: _startAt, ...child } = action;
      return { ...child, kind: "SubOrchestrationInstanceCreated", fireAndForget: true, ts };
    }
    case "createTimer":
      return { ...action, kind: "TimerCreated", ts };
    case "cancelTimer":
      return { kind: "TimerCanceled", timerId: action.timerId, ts };
    case "markPatch":
      return { kind: "PatchMarked", patch: action.patch, ts };
    case "sendEvent":
      return { ...action, kind: "EventSent", ts };
    case "callEntity":
      return { ...action, kind: "EntityOperationCalled", ts };
    case "signalEntity": {
      const { due, ...signal } = action;
      return { ...signal, kind: "EntityOperationSignaled", ts, ...(due === null ? {} : { due }) };
    }
    case "lockEntities":
      return { kind: "EntityLockRequested", ts, id: action.id, entities: [...new Set(action.entities)].sort() };
    case "releaseLock":
      return { kind: "EntityUnlockSent", ts, lockId: action.lockId };
    default:
      return assertNever(action);
  }
}

export const outputOf = (outcome: EpisodeOutcome | null): unknown => {
  assert.equal(outcome?.kind, "completed", JSON.stringify(outcome));
  return outcome?.kind === "completed" && outcome.output !== null ? JSON.parse(outcome.output) : undefined;
};

export const failureIn = (outcome: EpisodeOutcome | null): Failure => {
  assert.equal(outcome?.kind, "failed", JSON.stringify(outcome));
  return outcome?.kind === "failed" ? outcome.failure : { errorType: "none", message: "none" };
};

export const idsOf = (actions: readonly Action[]): readonly EventId[] => actions.flatMap((action) => ("id" in action ? [action.id] : []));
export const kindsOf = (actions: readonly Action[]): readonly string[] => actions.map((action) => action.kind);

/** The failure of an activity, as an executor would report it. */
export const failure = (message: string, more: Partial<Failure> = {}): Failure => ({ errorType: "Error", message, ...more });
