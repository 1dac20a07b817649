import "../require-node.ts"; // before everything else

export type { AuditWhat } from "../model/audit.ts";
export type { EventId, ExecutionId, Fence, InstanceId, InstanceNo, Seed, WorkerId } from "../model/ids.ts";
export type { Message } from "../model/message.ts";
export type { Slot } from "../model/slot.ts";
export { NO_SLOT_YET, slotId } from "../model/slot.ts";
export type { StartSpec } from "../model/start.ts";
export type { Versions } from "../model/versions.ts";
export type { Audit, AuditNote, AuditPage, AuditQuery, AuditRow, AuditTrim } from "../store/audit.ts";
export type {
  ClaimRequest,
  ClaimTasksRequest,
  CommitReceipt,
  ConsumedMail,
  FinishedTask,
  GivenBackTask,
  GroupCommit,
  HistoryAppend,
  InstanceUpdate,
  NewInstance,
  NewTask,
  OutgoingMessage,
  Release,
  Stop,
  TaskCancel,
  TaskHeartbeat,
} from "../store/commit.ts";
export type {
  CallerTransaction,
  ClientStart,
  CodeParams,
  DeliverReceipt,
  EndedInstances,
  JoinParams,
  JoinReceipt,
  Look,
  LookParams,
  NextWakes,
  RefenceParams,
  RenewParams,
  SlotHolders,
  StartReceipt,
  Store,
  StoreCapabilities,
  StoreDump,
} from "../store/contract.ts";
export type { EndedSince, EndsPlace } from "../store/ends.ts";
export type { EntityPage, EntityQuery } from "../store/entities.ts";
export type { StoreRefusal } from "../store/errors.ts";
export { StoreRefusalError } from "../store/errors.ts";
export type { LiveBus, LiveListener } from "../store/live-bus.ts";
export type { PurgeParams, PurgeReceipt } from "../store/purge.ts";
export type {
  CountQuery,
  InstanceCount,
  InstanceFilter,
  InstancePage,
  InstanceQuery,
  OrderedBy,
  Payloads,
  QueryOrder,
} from "../store/queries.ts";
export type {
  HistoryChunk,
  InboxRow,
  InstanceRow,
  LoadedInstance,
  NextWake,
  StopReason,
  TaskBody,
  TaskRow,
  WorkerLoad,
  WorkerRow,
} from "../store/rows.ts";
export type { SweepReceipt, UnreadableStart } from "../store/sweep.ts";
export type { MemoryStoreOptions } from "../stores/memory/memory-store.ts";
export { createMemoryStore } from "../stores/memory/memory-store.ts";
export type { OpenStore, StoreFixture, TestClock } from "./store-conformance/fixture.ts";
export { openShared } from "./store-conformance/fixture.ts";
export { storeConformance } from "./store-conformance/store-conformance.ts";
export type { StoreInterceptor, StoreMethod } from "./store-proxy.ts";
export { interceptStore } from "./store-proxy.ts";
