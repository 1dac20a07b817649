import type { ShownEvent } from "../../client/inspect/shown-history.ts";

/**
 * What the Inspector reads is on the wire as it is: GET `/counts`; `/instances` (parts of a filter, with `tag=key:value` for tags and `order=newest|oldest|ended`);
 * `/instances/{id}`, and below it `/history?from=&limit=` or `?tail=`, `/why`, `/payload?at=`; `/failures?endedFrom=&name=&version=`; POST `/instances/lookup` and `/instances/doing`.
 */
export type { FailureGroup, InspectedFailures as Failures } from "../../client/inspect/failure-types.ts";
export type { ReadyLine } from "../../client/inspect/fleet-types.ts";
export type {
  HistoryItem,
  HistoryPage,
  Shown,
  ShownEvent as WireEvent,
  ShownFailure as WireFailure,
} from "../../client/inspect/shown-history.ts";
export type { PayloadPlace, Preview, PreviewText } from "../../client/inspect/shown-payload.ts";
export type {
  CodeSite,
  Count,
  Doing,
  InspectedAuditLine as AuditLine,
  InspectedCounts as Counts,
  InspectedDivergence as Divergence,
  InspectedList as InstanceList,
  InspectedRow as InstanceRow,
  InspectedStop as StopReason,
  OpenStatus,
  Outlook,
  Wait,
  WaitKind,
  Why,
} from "../../client/inspect/types.ts";
export type { TerminalStatus as EndStatus } from "../../model/status.ts";

/** By its name: `EventOf<"TaskFailed">`. */
export type EventOf<Kind extends ShownEvent["kind"]> = Extract<ShownEvent, { readonly kind: Kind }>;
