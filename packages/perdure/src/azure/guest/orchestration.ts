import { isEditMark } from "../../model/edit-mark.ts";
import type { EpisodeOutcome, EpisodeResult } from "../../model/executor.ts";
import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId, Seed } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { seedOf } from "../../model/seed.ts";
import { ActionLedger } from "../../replay/cursor/action-ledger.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import type { AskedPlaces } from "./asked-places.ts";
import type { AuthorCalls } from "./author-calls.ts";
import { catchDf } from "./caught-df.ts";
import type { Callback } from "./core-types.ts";
import type { EpisodeGroup } from "./episode-groups.ts";
import { HeldEvents } from "./held-events.ts";
import { OpenCalls } from "./open-calls.ts";
import { notAGenerator } from "./orchestrator-code.ts";
import type { V3Payloads } from "./payloads.ts";
import { SDK_ACTION } from "./sdk-actions.ts";
import type { Unplayed } from "./sdk-events.ts";
import { clockEvent, orchestratorFailed, raisedEvent } from "./sdk-events.ts";
import type { FirstInput, SdkContext } from "./sdk-executor.ts";
import { firstInput, sdkProblem } from "./sdk-executor.ts";
import type { V3Function, V3Settings } from "./v3-function.ts";
import { WatchedSdk } from "./watched-sdk.ts";

export interface OrchestrationParts {
  readonly instanceId: InstanceId;
  readonly generation: number;
  readonly fn: V3Function;
  readonly payloads: V3Payloads;
  readonly settings: V3Settings;
  /** Absent: it begins through the registered function. */
  readonly author?: AuthorCalls;
  /** Absent: nothing is to be named. */
  readonly places?: AskedPlaces;
}

/** What the library made of the call of the function. */
interface Begun {
  readonly context: SdkContext;
  readonly watched: WatchedSdk;
  readonly calls: OpenCalls;
  readonly held: HeldEvents;
}

/**
 * One execution: the library's own executor of it, kept between episodes and driven event by event. The first episode goes through the registered function,
 * with a history of one start; all later ones, and a whole recorded history in the same way, are given as single events.
 */
export class Orchestration {
  readonly parts: OrchestrationParts;
  readonly ledger = new ActionLedger();
  episode = 0;
  readonly #place: { clock: number; seed: Seed };
  #begun: Begun | null = null;
  #isPlayed = false;
  #problem: string | null = null;
  #fault: { readonly error: unknown } | null = null;
  /** As it was told last. */
  #status: Payload | null = null;
  #statusChange: Payload | null = null;
  #continuedWith: unknown;

  constructor(parts: OrchestrationParts) {
    this.parts = parts;
    const { places } = parts;
    if (places !== undefined) this.ledger.onAsk = (action) => places.note(action);
    this.#place = { clock: 0, seed: "" as Seed };
  }

  /** The library cannot be driven. */
  get problem(): string | null {
    return this.#problem;
  }

  get isEnded(): boolean {
    return this.#fault !== null || this.#begun?.watched.sdk.isDoneExecuting() === true;
  }

  /** The first episode. `isPlayed`: it was recorded before. */
  async begin(group: EpisodeGroup, isPlayed: boolean): Promise<void> {
    const { fn, instanceId } = this.parts;
    const { started } = group;
    if (started === null) throw new Error("the first episode has no ExecutionStarted");
    this.#opened(group, isPlayed);
    this.#place.seed = seedOf(instanceId, started);
    try {
      const input = firstInput(instanceId, started, group.clock, isPlayed);
      await fn.call(input, { instanceId, prepare: (context) => this.#catchContext(context, input) });
    } catch (error) {
      if (this.#begun?.watched.sdk.exception === undefined) this.#fault = { error };
    }
    if (this.#begun === null) {
      if (this.#fault === null) this.#problem = sdkProblem(fn.name, null);
      return;
    }
    this.#begun.watched.sdk._isReplaying = isPlayed;
    this.#guarded((begun) => this.#settle(begun));
    this.#deliver(group);
  }

  /** Every later one. */
  step(group: EpisodeGroup, isPlayed: boolean): void {
    this.#opened(group, isPlayed);
    this.#guarded((begun) => {
      begun.watched.sdk._isReplaying = isPlayed;
      begun.watched.process({ ...clockEvent(group.clock), IsPlayed: isPlayed });
    });
    this.#deliver(group);
  }

  #opened({ clock }: EpisodeGroup, isPlayed: boolean): void {
    this.episode += 1;
    this.#place.clock = clock;
    this.#isPlayed = isPlayed;
  }

  /** The library puts its part of the context there before it calls the author's code. */
  #catchContext(context: object, input: FirstInput): Callback | null {
    catchDf(context, (df) => {
      this.#begun ??= this.#watch(df, input);
    });
    return this.parts.author?.callback ?? null;
  }

  #watch(value: unknown, input: FirstInput): Begun | null {
    const { fn, instanceId, payloads, settings, author, places } = this.parts;
    const context = value as SdkContext;
    const sdk = context.taskOrchestratorExecutor;
    this.#problem = sdkProblem(fn.name, sdk);
    if (this.#problem !== null) throw new Error(this.#problem); // before the author's code runs
    author?.learn(input, context);
    places?.watch(context, sdk);
    const watched = new WatchedSdk(sdk, fn.name, instanceId);
    const calls = new OpenCalls({ watched, ledger: this.ledger, payloads, settings, place: this.#place });
    return { context, watched, calls, held: new HeldEvents(sdk) };
  }

  /** What throws in the library itself fails the orchestration, as on Azure. */
  #guarded(run: (begun: Begun) => void): void {
    if (this.#begun === null || this.#fault !== null) return;
    try {
      run(this.#begun);
    } catch (error) {
      this.#fault = { error };
    }
  }

  #deliver({ inbound }: EpisodeGroup): void {
    for (const event of inbound) this.#guarded((begun) => this.#feed(begun, event));
    this.#guarded(({ calls, context, watched: { sdk } }) => {
      calls.askCancels();
      for (const action of sdk.actions.splice(0)) {
        if (action.actionType === SDK_ACTION.continueAsNew) this.#continuedWith = action.input;
      }
      this.#noteStatus(context.customStatus);
    });
  }

  #feed(begun: Begun, event: HistoryEvent): void {
    if (isEditMark(event)) this.#place.seed = event.seed;
    if (event.kind === "EventRaised") {
      begun.held.hold(event);
      if (this.isEnded || !begun.held.isAwaited(event.name)) return;
    } else if (!this.isEnded) this.#give(begun, event);
    this.#settle(begun);
  }

  #give({ watched, calls }: Begun, event: HistoryEvent): void {
    const told = calls.eventFor(event);
    if (told === null) return;
    const { TaskScheduledId: failed } = told;
    const task = typeof failed === "number" ? watched.sdk.openTasks[failed] : undefined;
    this.#tell(watched, told);
    if ("failure" in event && "taskId" in event) calls.noteCause(event.taskId, task);
  }

  #tell(watched: WatchedSdk, event: Unplayed): void {
    watched.process({ ...event, IsPlayed: this.#isPlayed });
  }

  /** Until nothing follows by itself: what was asked for is taken, and what can be answered at once is. */
  #settle(begun: Begun): void {
    const { watched, calls, held } = begun;
    for (;;) {
      for (const asked of watched.takeAsked()) {
        this.parts.places?.asking(asked);
        calls.ask(asked);
      }
      if (this.isEnded) return;
      const due = calls.takeDue();
      if (due !== undefined) {
        this.#give(begun, due);
        continue;
      }
      const event = held.take();
      if (event === undefined) return;
      this.#tell(watched, raisedEvent(event.name, event.input));
    }
  }

  /** What counts as false never leaves the library on Azure. */
  #noteStatus(status: unknown): void {
    if (!status) return;
    const text = this.parts.payloads.encode(status, "custom status");
    if (text === this.#status) return;
    this.#status = text;
    this.#statusChange = text;
  }

  /** Of the recorded episodes, which were compared: nothing of them is told again. */
  forgetTold(): void {
    this.#statusChange = null;
  }

  result(): EpisodeResult {
    const outcome = this.#outcome();
    const actions = this.ledger.take();
    const ran = { kind: "ran", actions, outcome, openEvents: outcome === null ? (this.#begun?.held.awaited() ?? []) : [] } as const;
    const customStatus = this.#statusChange;
    this.#statusChange = null;
    return customStatus === null ? ran : { ...ran, customStatus };
  }

  #outcome(): EpisodeOutcome | null {
    if (this.#fault !== null) return this.#failed(this.#fault.error);
    const begun = this.#begun;
    if (begun === null) return null;
    const { sdk } = begun.watched;
    if (sdk.exception !== undefined) return this.#failed(sdk.exception);
    if (!sdk.isDoneExecuting()) return null;
    const { payloads, fn } = this.parts;
    try {
      if (sdk.willContinueAsNew) {
        const input = payloads.prepared(this.#continuedWith, "input of continueAsNew");
        return { kind: "continuedAsNew", input, carryOver: begun.held.all };
      }
      return { kind: "completed", output: payloads.encode(sdk.output, `output of orchestrator "${fn.name}"`) };
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(thrown: unknown): EpisodeOutcome {
    const { fn } = this.parts;
    const sdk = this.#begun?.watched.sdk;
    // The library finds out by calling "next" of it.
    const isOne = sdk === undefined || !Object.hasOwn(sdk, "generator") || hasNext(sdk.generator);
    const error = isOne ? thrown : new TypeError(notAGenerator(sdk?.generator, fn.place ?? null));
    const causes = this.#begun?.calls.causesOf(error) ?? [];
    return { kind: "failed", failure: failureIn(fn.name, error), ...(causes.length === 0 ? {} : { causedBy: causes }) };
  }
}

const hasNext = (value: unknown): boolean => typeof value === "object" && value !== null && "next" in value;

/** With Azure's whole sentence. Properties are those that the app's provider gave, which a failed task has brought along. */
function failureIn(name: string, error: unknown): Failure {
  const { properties: _, ...failure } = failureOf(error);
  const told = { ...failure, message: orchestratorFailed(name, failure.message) };
  const details: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "failureDetails") : undefined;
  if (typeof details !== "object" || details === null) return told;
  const { errorType, properties } = details as { readonly errorType?: string; readonly properties?: Failure["properties"] };
  return { ...told, ...(errorType === undefined ? {} : { errorType }), ...(properties === undefined ? {} : { properties }) };
}
