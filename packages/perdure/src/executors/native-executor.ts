import { messageOf } from "../errors/perdure-error.ts";
import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  HeartbeatListener,
  Offer,
  TaskKey,
} from "../model/executor.ts";
import { fixedOffer } from "../model/executor.ts";
import { FreshMap } from "../model/fresh-map.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { InstanceNo } from "../model/ids.ts";
import { NO_PLACE } from "../model/no-place.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { jsonCodec } from "../model/payload.ts";
import type { Clock, Ids, Scheduler } from "../process/clock.ts";
import { inEngine, isInEngine, runScoped } from "../process/code-scope.ts";
import { realClock, realIds, realScheduler } from "../process/real-time.ts";

import { Cursor } from "../replay/cursor/cursor.ts";
import type { CursorHost, CursorPlace, CursorTarget } from "../replay/cursor/cursor-host.ts";
import { DrainQueue } from "../replay/cursor/drain.ts";
import { explainDivergence } from "../replay/diagnosis/divergence-probe.ts";
import { explainStuck } from "../replay/diagnosis/stuck-probe.ts";
import type { FunctionSource } from "../replay/functions/definition.ts";
import type { FunctionLogSink } from "../replay/functions/function-log.ts";
import { DEFAULT_PAYLOAD_LIMITS, PayloadEncoder } from "../replay/values/payload-encoder.ts";
import type { TracedCode } from "../telemetry/traces/open-telemetry.ts";
import { ActivityRuns } from "./activity-runs.ts";
import { EntityRuns } from "./entity-runs.ts";
import type { ContextOfCall } from "./function-contexts.ts";

export interface NativeExecutorOptions {
  readonly functions: FunctionSource;
  readonly codec?: PayloadCodec;
  /** Where `ctx.log` of functions writes, and warnings about them. */
  readonly log?: FunctionLogSink;
  /** What activities get as `client`; a function, since the hub's client is made after its executor. */
  readonly client?: () => unknown;
  /** For the timeouts of activities and of operations of entities. */
  readonly scheduler?: Scheduler;
  /** For the time that a batch of operations may take. */
  readonly clock?: Pick<Clock, "monotonicMs">;
  /** For orchestrations that entities start. */
  readonly ids?: Ids;
  readonly maxPayloadBytes?: number;
  readonly maxJsonDepth?: number;
  readonly maxOrchestrationActions?: number;
  /** A context for each call of an activity and each batch of operations, by which it is known whose code ended the place. Orchestrators have their own. */
  readonly contextOfCall?: ContextOfCall<ActivityRequest | EntityBatchRequest>;
  /** How functions of traced instances run; null: as others. */
  readonly tracedCode?: TracedCode | null;
}

const DEFAULT_MAX_ACTIONS = 100_000;
const HISTORY_NEEDED: EpisodeResult = { kind: "historyNeeded" };

/** Runs functions on this thread, with a live cursor for each instance it was given. */
export function createNativeExecutor(options: NativeExecutorOptions): Executor {
  return new NativeExecutor(options);
}

function offerOf({ names, takenVersions }: FunctionSource): Offer {
  const offer = fixedOffer(names);
  return takenVersions === undefined ? offer : { ...offer, orchestrator: { ...offer.orchestrator, versions: takenVersions } };
}

/** Where an instance stood when it was found stuck without its history at hand. */
interface StuckMark {
  readonly generation: number;
  readonly episode: number;
}

class NativeExecutor implements Executor {
  readonly offer: Offer;
  readonly wantsRecorded = false;
  readonly #cursors = new FreshMap<InstanceNo, Cursor>();
  readonly #stuck = new Map<InstanceNo, StuckMark>();
  readonly #functions: FunctionSource;
  readonly #host: CursorHost;
  readonly #activities: ActivityRuns;
  readonly #entities: EntityRuns;

  constructor(options: NativeExecutorOptions) {
    const encoder = new PayloadEncoder(options.codec ?? jsonCodec, {
      maxBytes: options.maxPayloadBytes ?? DEFAULT_PAYLOAD_LIMITS.maxBytes,
      maxDepth: options.maxJsonDepth ?? DEFAULT_PAYLOAD_LIMITS.maxDepth,
    });
    const log = options.log ?? (() => {});
    const { contextOfCall = null, tracedCode = null } = options;
    this.#functions = options.functions;
    this.offer = offerOf(options.functions);
    this.#host = {
      functions: options.functions,
      encoder,
      log,
      drain: new DrainQueue(),
      runScoped: tracedCode === null ? runScoped : (scope, fn, ...args) => runScoped(scope, () => tracedCode.untraced(fn, ...args)),
      maxActions: options.maxOrchestrationActions ?? DEFAULT_MAX_ACTIONS,
      stuck: (cursor, history, fresh) => this.#stuckAt(cursor, history, fresh),
      diverged: (cursor, history) => explainDivergence(this.#host, cursor, history),
      unguarded: (cursor, history, fresh) => this.#runAgain(cursor, history, fresh),
      released: (cursor) => this.#release(cursor),
    };
    const { functions, client = () => undefined, clock = realClock, scheduler = realScheduler(true), ids = realIds() } = options;
    this.#activities = new ActivityRuns({ client, functions, encoder, log, scheduler, contextOfCall, tracedCode });
    this.#entities = new EntityRuns({ functions, encoder, log, clock, scheduler, ids, contextOfCall, tracedCode });
  }

  /** Its functions are known when it is made. */
  onOffer(): () => void {
    return () => {};
  }

  runEpisode(request: EpisodeRequest): Promise<EpisodeResult> {
    return isInEngine() ? this.#runEpisode(request) : inEngine(() => this.#runEpisode(request));
  }

  #runEpisode(request: EpisodeRequest): Promise<EpisodeResult> {
    if (request.history === null) {
      const live = this.#cursors.get(request.no);
      if (live !== undefined && live.generation === request.generation && live.episode === request.episode && !live.isBusy) {
        return live.run(null, request.fresh);
      }
      if (request.episode > 0) return Promise.resolve(HISTORY_NEEDED);
    }
    return this.#runAnew(request, request.history ?? []);
  }

  #runAnew(request: EpisodeRequest, history: readonly HistoryEvent[]): Promise<EpisodeResult> {
    const { no, instanceId, generation, episode, name, version } = request;
    const definition = this.#functions.orchestratorFor(name, version);
    if (definition === null) {
      if (this.#functions.find("orchestrator", name) !== null) return Promise.resolve(NO_PLACE);
      const message = messageOf("FUNCTION_NOT_REGISTERED", "orchestrator", name, this.#functions.names.orchestrator);
      return Promise.resolve({ kind: "stopped", code: "FUNCTION_NOT_REGISTERED", message });
    }
    const target: CursorTarget = { no, instanceId, generation, definition };
    const mark = this.#stuck.get(no);
    if (mark !== undefined) {
      this.#stuck.delete(no);
      if (mark.generation === generation && mark.episode === episode) return explainStuck(this.#host, target, history, request.fresh);
    }
    return this.#replay(target, history, request.fresh);
  }

  #replay(target: CursorTarget, history: readonly HistoryEvent[], fresh: readonly HistoryEvent[]): Promise<EpisodeResult> {
    const cursor = new Cursor(this.#host, target);
    this.#cursors.set(target.no, cursor);
    return cursor.run(history, fresh);
  }

  #runAgain(
    cursor: CursorPlace,
    history: readonly HistoryEvent[] | null,
    fresh: readonly HistoryEvent[],
  ): EpisodeResult | Promise<EpisodeResult> {
    this.#release(cursor);
    return history === null ? HISTORY_NEEDED : this.#replay(cursor, history, fresh);
  }

  /** A live cursor does not keep its history: it is asked for, and the next call explains what this one found. */
  #stuckAt(
    cursor: CursorPlace,
    history: readonly HistoryEvent[] | null,
    fresh: readonly HistoryEvent[],
  ): EpisodeResult | Promise<EpisodeResult> {
    this.#release(cursor);
    if (history !== null) return explainStuck(this.#host, cursor, history, fresh);
    this.#stuck.set(cursor.no, { generation: cursor.generation, episode: cursor.episode - 1 });
    return HISTORY_NEEDED;
  }

  #release(cursor: CursorPlace): void {
    if (this.#cursors.get(cursor.no) === cursor) this.#cursors.delete(cursor.no);
  }

  /** What runs on this thread cannot be stopped: it is no longer waited for, and its cursor goes. */
  abortEpisode({ no }: EpisodeKey): void {
    this.forget(no);
  }

  runActivity(request: ActivityRequest): Promise<ActivityResult> {
    return isInEngine() ? this.#activities.run(request) : inEngine(() => this.#activities.run(request));
  }

  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult> {
    return isInEngine() ? this.#entities.run(request) : inEngine(() => this.#entities.run(request));
  }

  abortActivity(task: TaskKey, reason: AbortReason): void {
    inEngine(() => this.#activities.abort(task, reason));
  }

  forget(no: InstanceNo): void {
    this.#cursors.delete(no);
    this.#stuck.delete(no);
  }

  onHeartbeat(listener: HeartbeatListener): () => void {
    return this.#activities.onHeartbeat(listener);
  }

  close(): Promise<void> {
    this.#cursors.clear();
    this.#stuck.clear();
    inEngine(() => {
      this.#activities.abortAll("shutdown");
      this.#entities.close();
    });
    return Promise.resolve();
  }
}
