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
export type { WireError } from "./wire/common.ts";
export type { EntityInfo, EntityList, EntitySignal, ScheduleAction, ScheduleInfo, ScheduleList } from "./wire/entities.ts";
export type { Feature, HubInfo, PayloadPolicy, Role, Session, SignIn } from "./wire/hub.ts";
export type {
  AuditLine,
  CodeSite,
  Count,
  Counts,
  Divergence,
  Doing,
  EndStatus,
  EventOf,
  FailureGroup,
  Failures,
  HistoryItem,
  HistoryPage,
  InstanceList,
  InstanceRow,
  OpenStatus,
  Outlook,
  PayloadPlace,
  Preview,
  PreviewText,
  ReadyLine,
  Shown,
  StopReason,
  Wait,
  WaitKind,
  Why,
  WireEvent,
  WireFailure,
} from "./wire/inspected.ts";
export type { CodeFrame, DoingRequest, InstanceDetail, InstanceFilter, InstanceQuery, Lookup } from "./wire/instances.ts";
export type { DevNote, MisfitChoice, Progress, StreamMessage, Tick } from "./wire/stream.ts";
export type {
  Check,
  FunctionInfo,
  FunctionList,
  Queue,
  QueueLine,
  RatePoint,
  Rates,
  WorkerInfo,
  WorkerList,
} from "./wire/workers.ts";
