import "./require-node.ts"; // before everything else

export type { ErrorCode } from "./errors/catalogue.ts";
export type { ErrorKind } from "./errors/entry.ts";
export { PerdureError } from "./errors/perdure-error.ts";
export { StoreUnavailableError } from "./errors/store-unavailable.ts";
export type { Activity, ActivityOptions, PerKeyLimits } from "./functions/activity.ts";
export { activity } from "./functions/activity.ts";
export type { AppContext, AppHook, AppHookHandler } from "./functions/app-hooks.ts";
export { onStart, onStop } from "./functions/app-hooks.ts";
export type { AuditedRun, AuditLine } from "./functions/audit-types.ts";
export type {
  DurableClient,
  GetStatusOptions,
  HttpManagementPayload,
  OrchestrationHandle,
  OrchestrationStatus,
  StartNewOptions,
  TerminateOptions,
  WaitOptions,
  WatchOptions,
  WatchUpdate,
} from "./functions/client-types.ts";
export type {
  ActivityCallOptions,
  ActivityContext,
  ContinueAsNewOptions,
  MapOptions,
  OrchestrationContext,
  OrchestratorContext,
  PatchOptions,
  StartOrchestrationOptions,
  SubOrchestrationOptions,
} from "./functions/context-types.ts";
export { entity, entityRef } from "./functions/entity.ts";
export type {
  CleanEntitiesOptions,
  CleanEntitiesResult,
  ClientSignalOptions,
  ClientSignals,
  EntityFilter,
  EntityHandle,
  EntityInfo,
  SkippedOperation,
} from "./functions/entity-client-types.ts";
export type { EntityContext, EntityOptions } from "./functions/entity-context.ts";
export type {
  CallGroup,
  ClassOperations,
  EntityId,
  EntityLock,
  EntityProxy,
  EntityRef,
  LockOptions,
  LockTask,
  MapOperations,
  SignalGroup,
  SignalOptions,
} from "./functions/entity-types.ts";
export {
  ActivityFailedError,
  EntityOperationFailedError,
  LockingRulesViolationError,
  NonRetriableError,
  OrchestrationFailedError,
  OrchestrationTerminatedError,
  outsideOrchestration,
  RemoteFailureError,
  SubOrchestrationFailedError,
  TimeoutError,
} from "./functions/errors.ts";
export type { ExternalEvent } from "./functions/external-event.ts";
export { externalEvent } from "./functions/external-event.ts";
export type { PurgeFilter, PurgeOptions, StatusFilter, StatusPageQuery, StatusQuery } from "./functions/filter-types.ts";
export type { HttpContext, HttpFunction, HttpFunctionHandler, HttpMethod, HttpOptions } from "./functions/http.ts";
export { http } from "./functions/http.ts";
export type { HttpCalls, HubHttpOptions, Secret, Token, TokenSource, TokenTarget } from "./functions/http-calls.ts";
export { httpCalls } from "./functions/http-calls.ts";
export type { JsonResult } from "./functions/json-fault.ts";
export type { Orchestrator, OrchestratorOptions } from "./functions/orchestrator.ts";
export { orchestrator } from "./functions/orchestrator.ts";
export type { ActivityRef, OrchestratorRef } from "./functions/references.ts";
export { activityRef, orchestratorRef } from "./functions/references.ts";
export type { RegisteredFunction } from "./functions/registry.ts";
export { isRegistrable } from "./functions/registry.ts";
export type {
  BulkOptions,
  BulkStep,
  EditPlan,
  ForkByOptions,
  ForkOptions,
  ForkStep,
  RestartByOptions,
  RestartOptions,
  RestartStep,
  RewindByOptions,
  RewindOptions,
  RewindStep,
} from "./functions/rerun-types.ts";
export type { Schedule, ScheduledRun, ScheduleOptions, TimerContext, TimerOptions, TimingOptions } from "./functions/schedule.ts";
export { schedule, timer } from "./functions/schedule.ts";
export type { ScheduleClient, ScheduleStatus } from "./functions/schedule-client.ts";
export type { Duration } from "./model/duration.ts";
export type { Failure } from "./model/failure.ts";
export type { HistoryEvent } from "./model/history.ts";
export type { BodyEncoding, HttpAnswer } from "./model/http-call.ts";
export type { JsonValue, Payload, PayloadCodec } from "./model/payload.ts";
export type { RuntimeStatus } from "./model/status.ts";
export type {
  OpenActivity,
  OpenChild,
  OpenEntityWait,
  OpenEventWait,
  OpenSlot,
  OpenTimer,
  OwnerInfo,
  UnreadMessage,
  WaitingFor,
} from "./model/waiting-for.ts";
export type { ContinuedAsNew } from "./replay/functions/continued-as-new.ts";
export type { HttpCallOptions, HttpRetryOptions, HttpTokenSource } from "./replay/functions/http-call-options.ts";
export type { RetryOptions } from "./replay/functions/retry-options.ts";
export type { DurableTask, EventTask, TimerTask } from "./replay/tasks/durable-task.ts";
export type { MaxConcurrent } from "./task-hub/max-concurrent.ts";
export type { TaskHubOptions } from "./task-hub/options.ts";
export type { KeepFor, RetentionByStatus, RetentionOptions } from "./task-hub/retention-option.ts";
export { TaskHub } from "./task-hub/task-hub.ts";
export type { EngineLog, LogEntry } from "./telemetry/engine-log.ts";
export type { FunctionLogger } from "./telemetry/function-logger.ts";
export type { LogLevel } from "./telemetry/levels.ts";
export type { LogOption, LogOptions } from "./telemetry/log-option.ts";
export type { Logger } from "./telemetry/logger.ts";
