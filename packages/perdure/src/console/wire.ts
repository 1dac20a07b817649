/**
 * What the console's page and its host say to each other below `console/api/v1`, as JSON. Types only: the page imports them with `import type`. Times are ms
 * since 1970, store time, unless they say otherwise; lengths of time are ms; bytes are UTF-8. It may change with the package.
 */
export type {
  ActionRequest,
  ActionResult,
  BulkAction,
  BulkRequest,
  BulkRun,
  InstanceAction,
  RewindPlan,
  StartRequest,
  StartResult,
} from "./wire/actions.ts";
export type { Count, PayloadPlace, Preview, WireError } from "./wire/common.ts";
export type { EntityInfo, EntityList, EntitySignal, ScheduleAction, ScheduleInfo, ScheduleList } from "./wire/entities.ts";
export type { FailureGroup, Failures } from "./wire/failures.ts";
export type { EventOf, HistoryItem, HistoryPage, Shown, WireEvent, WireFailure } from "./wire/history.ts";
export type {
  Counts,
  EndStatus,
  Feature,
  HubInfo,
  OpenStatus,
  PayloadPolicy,
  Role,
  Session,
  SignIn,
} from "./wire/hub.ts";
export type {
  AuditLine,
  CodeFrame,
  CodeSite,
  Divergence,
  InstanceDetail,
  InstanceFilter,
  InstanceList,
  InstanceQuery,
  InstanceRow,
  Lookup,
  StopReason,
} from "./wire/instances.ts";
export type { DevNote, StreamMessage, Tick } from "./wire/stream.ts";
export type { Doing, DoingRequest, Outlook, Wait, WaitKind, Why } from "./wire/why.ts";
export type {
  Check,
  FunctionInfo,
  FunctionList,
  Percentiles,
  Queue,
  QueueLine,
  RatePoint,
  Rates,
  WorkerInfo,
  WorkerList,
} from "./wire/workers.ts";
