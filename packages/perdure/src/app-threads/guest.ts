import type { HubClient } from "../client/types.ts";
import type { HistoryReplay } from "../executors/history-replayer.ts";
import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  Offer,
  TaskKey,
} from "../model/executor.ts";
import type { Failure } from "../model/failure.ts";
import type { FunctionNames } from "../model/function-kind.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { InstanceId, InstanceNo } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { VersionFailure, VersionMatch } from "../model/versions.ts";
import type { ScheduleSpec } from "../schedules/spec.ts";
import type { LogEntry } from "../telemetry/engine-log.ts";

/** What a thread is told before it loads an app: data only. */
export interface GuestSetup {
  /** URL of the module that exports `createGuest`. */
  readonly guest: string;
  /** For messages: as it stood on the command line. */
  readonly app: string;
  readonly folder: string;
  /** Files are shown relative to this. Absent: the current folder. */
  readonly cwd?: string;
  /** Entry files, absolute, in the order in which they are loaded. */
  readonly files: readonly string[];
  readonly taskHub: string;
  /** Origin of management URLs that are made without a request. It may be unknown (`""`) until the server listens, and is told then. */
  readonly publicOrigin: string;
  readonly keys: readonly string[];
  readonly forwardedHost: boolean;
  readonly maxPayloadBytes: number;
  readonly maxJsonDepth: number;
  readonly versions: { readonly defaultVersion: string | null; readonly match: VersionMatch; readonly failure: VersionFailure };
  /** Least levels of what crosses to the log. */
  readonly levels: { readonly engine: LogEntry["level"] | "silent"; readonly functions: LogEntry["level"] | "silent" };
  /** Instances are traced: code of the app finds its span, where it has OpenTelemetry. */
  readonly traced?: boolean;
  /** What only this kind of guest needs: data. */
  readonly more?: { readonly [name: string]: unknown };
}

/** What a thread tells once its entry files are loaded: data only. */
export interface AppInfo {
  readonly kind: "native" | "azure";
  /** Also those that are part of Perdure, such as the scheduler, if the guest runs them. */
  readonly functions: FunctionNames;
  /** What new instances of an orchestrator get that name none. */
  readonly versions: { readonly [orchestrator: string]: string };
  /** Of orchestrators that are not taken in every version: which. */
  readonly takenVersions?: Offer["orchestrator"]["versions"];
  /** Runs at once in each worker. */
  readonly activityLimits: { readonly [activity: string]: number };
  /** Of activities that have a time-out of their own, ms. The guest keeps to it; a thread that one of them holds is ended by it. */
  readonly activityTimeouts: { readonly [activity: string]: number };
  readonly http: readonly HttpRoute[];
  /** %SETTINGS% replaced. */
  readonly triggers: readonly TriggerSpec[];
  readonly schedules: readonly ScheduleSpec[];
  /** Whether it has something to run at the start and stop of the process. */
  readonly hooks: readonly ("start" | "stop")[];
  /** By which this code is told from other code with the same functions. */
  readonly codeVersion: string;
  /** Ignored settings and bindings, for the start output and `perdure check`. */
  readonly notes: readonly string[];
}

export interface HttpRoute {
  readonly name: string;
  /** Template below the route prefix. */
  readonly route: string;
  readonly methods: readonly string[];
  readonly authLevel: "anonymous" | "function" | "admin";
  /** The guest passes the request on to a server of the app's own in this thread, and the answer back. */
  readonly streamed: boolean;
}

export type TriggerSpec = TimerTrigger | QueueTrigger | BlobTrigger | ServiceBusTrigger;

export interface TimerTrigger {
  readonly kind: "timer";
  readonly name: string;
  readonly schedule: string;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
}
export interface QueueTrigger {
  readonly kind: "queue";
  readonly name: string;
  /** Name of the binding that triggers it. */
  readonly binding: string;
  readonly queueName: string;
  /** Name of the setting with the connection. */
  readonly connection: string;
}
export interface BlobTrigger {
  readonly kind: "blob";
  readonly name: string;
  /** Name of the binding that triggers it. */
  readonly binding: string;
  /** `container/name`, with `{patterns}`. */
  readonly path: string;
  readonly connection: string;
}
export interface ServiceBusTrigger {
  readonly kind: "serviceBus";
  readonly name: string;
  /** Name of the binding that triggers it. */
  readonly binding: string;
  readonly source: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  readonly connection: string;
  readonly isSessionsEnabled: boolean;
  readonly isMany: boolean;
  readonly autoComplete: boolean;
}

/** One call of a function that no orchestration asked for. Data only; `id` is the invocation's, a guid. */
export type Invocation = HttpInvocation | TriggerInvocation | HookInvocation | ReplayInvocation | StateInvocation;

export interface HttpInvocation {
  readonly kind: "http";
  readonly id: string;
  readonly name: string;
  readonly method: string;
  /** As the caller sees it. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly params: { readonly [name: string]: string };
  /** Null: it has none. A stream crosses in parts, as they are read. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | null;
  /** Of management URLs that are made for this request: `/runtime/webhooks/durabletask`, behind the path under which the server has mounted it. */
  readonly basePath: string;
}

export interface TriggerInvocation {
  readonly kind: "trigger";
  readonly id: string;
  readonly name: string;
  /** What it was triggered by, and its input bindings, by their names as registered. */
  readonly inputs: { readonly [binding: string]: BindingValue };
  readonly metadata: { readonly [name: string]: BindingValue };
  readonly retry: { readonly count: number; readonly max: number } | null;
}

/** What an app does at its start and stop. */
export interface HookInvocation {
  readonly kind: "hook";
  readonly id: string;
  readonly on: "start" | "stop";
  readonly runsWorker: boolean;
}

/** A recorded history, of one generation from its beginning, repeated by itself: nothing is recorded, and the instance notices nothing. */
export interface ReplayInvocation {
  readonly kind: "replay";
  readonly id: string;
  readonly instanceId: InstanceId;
  readonly history: readonly HistoryEvent[];
  /** Inputs of calls that were recorded from then on, ms since 1970, by the code that runs now, are compared too, if the guest can; null: none. */
  readonly inputsFrom: number | null;
}

/** The stored state of an entity, loaded as its next operation would. */
export interface StateInvocation {
  readonly kind: "state";
  readonly id: string;
  /** Of the entity. */
  readonly name: string;
  readonly state: Payload;
}

export type BindingValue =
  | { readonly kind: "none" }
  | { readonly kind: "string" | "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "list"; readonly values: readonly BindingValue[] };

export type InvocationResult =
  | HttpAnswer
  | { readonly kind: "replayed"; readonly replay: HistoryReplay }
  /** Of triggers, hooks and states. `value` is what the function returned. */
  | { readonly kind: "done"; readonly value: BindingValue; readonly outputs: { readonly [binding: string]: BindingValue } }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** Its thread has ended. */
  | { readonly kind: "lost"; readonly reason: string };

export interface HttpAnswer {
  readonly kind: "http";
  readonly status: number;
  /** A name may be there more than once (`set-cookie`). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** A stream crosses in parts. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | null;
}

/** In the thread. Calls and answers are as at the executor's port (model/executor.ts). No call throws, and no promise rejects, but `load`. */
export interface Guest {
  /** Loads the entry files. Rejects with an error of the catalogue that names the file. */
  load(setup: GuestSetup): Promise<AppInfo>;
  runEpisode(request: EpisodeRequest): EpisodeResult | Promise<EpisodeResult>;
  runActivity(request: ActivityRequest): Promise<ActivityResult>;
  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult>;
  invoke(call: Invocation): Promise<InvocationResult>;
  abortEpisode(episode: EpisodeKey, reason: AbortReason): void;
  abortActivity(task: TaskKey, reason: AbortReason): void;
  /** The caller has gone: the signal of the request fires. */
  abortInvocation(id: string): void;
  forget(no: InstanceNo): void;
  /** Before the thread ends; it is given a little time. */
  close(): Promise<void>;
}

/** What a guest asks of its thread. */
export interface GuestHost {
  /** The hub, on the main thread. */
  readonly client: HubClient;
  /** As in the setup, or as told since then. */
  readonly publicOrigin: string;
  /** Store time as well as it was told last, ms since 1970. */
  readonly now: number;
  log(entry: LogEntry): void;
  functionLog(entry: LogEntry): void;
  heartbeat(task: TaskKey, progress: Payload | null): void;
}

/** What the module of a guest exports. */
export interface GuestModule {
  readonly createGuest: (host: GuestHost) => Guest;
}
