import { fault } from "../../errors/perdure-error.ts";
import type { Action } from "../../model/action.ts";
import { functionKey } from "../../model/function-name.ts";
import type { RetryMark } from "../../model/history.ts";
import type { EventId, InstanceId, Seed } from "../../model/ids.ts";
import { entityId, entityIdProblem, instanceIdProblem, instanceId as toInstanceId } from "../../model/ids.ts";
import { clampTime, parseDate } from "../../model/time.ts";
import type { SdkHttpRequest } from "./http-call.ts";
import type { V3Payloads } from "./payloads.ts";
import type { V3Settings } from "./v3-function.ts";

/** What the library records for a call: one object for all kinds, each with some of the fields. */
export interface SdkAction {
  readonly actionType: number;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly instanceId?: string;
  readonly version?: string;
  readonly operation?: string;
  readonly fireAt?: unknown;
  readonly isCanceled?: boolean;
  readonly httpRequest?: SdkHttpRequest;
  readonly lockSet?: readonly { readonly name: string; readonly key: string }[];
}

/** The library's numbers. */
export const SDK_ACTION = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callChild: 2,
  callChildWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  callEntity: 7,
  callHttp: 8,
  signalEntity: 9,
  lockEntities: 13,
  releaseEntities: 14,
} as const;

/** What an action is turned into ours with. */
export interface ActionPlace {
  readonly payloads: V3Payloads;
  readonly seed: Seed;
  readonly settings: Pick<V3Settings, "versionOf">;
}

export const isChild = ({ actionType }: SdkAction): boolean =>
  actionType === SDK_ACTION.callChild || actionType === SDK_ACTION.callChildWithRetry;

/** A call of an activity or a sub-orchestration, or an attempt of one. Throws what is wrong with it. */
export function callOf(place: ActionPlace, action: SdkAction, id: EventId, retry: RetryMark | null): Action {
  const { functionName: name = "", input } = action;
  const mark = retry === null ? {} : { retry };
  if (!isChild(action))
    return { kind: "callActivity", id, name, input: place.payloads.prepared(input, `input of activity "${name}"`), ...mark };
  return {
    kind: "callSubOrchestrator",
    id,
    name,
    ...childId(place, action, id),
    input: place.payloads.encode(input, `input of sub-orchestrator "${name}"`),
    version: action.version ?? place.settings.versionOf(name),
    tags: null,
    ...mark,
  };
}

/** As on Azure: without one of its own it is that of the execution with the number of the call, so that each attempt has another. */
function childId({ seed }: ActionPlace, { instanceId }: SdkAction, id: EventId): { instanceId: InstanceId; minted: boolean } {
  if (instanceId === undefined || instanceId === null || instanceId === "")
    return { instanceId: toInstanceId(`${seed}:${id}`), minted: true };
  const problem = instanceIdProblem(instanceId);
  if (problem !== null) throw fault("CHILD_ID_INVALID", instanceId, problem);
  return { instanceId: toInstanceId(instanceId), minted: false };
}

export function entityCallOf({ payloads }: Pick<ActionPlace, "payloads">, action: SdkAction, id: EventId): Action {
  const { operation = "" } = action;
  const instanceId = checkedEntity(action.instanceId);
  const input = payloads.encode(action.input, `input of operation "${operation}" of ${instanceId}`);
  return action.actionType === SDK_ACTION.signalEntity
    ? { kind: "signalEntity", id, instanceId, operation, input, due: null }
    : { kind: "callEntity", id, instanceId, operation, input };
}

export const lockOf = ({ lockSet = [] }: SdkAction, id: EventId): Action => ({
  kind: "lockEntities",
  id,
  entities: lockSet.map(({ name, key }) => checkedEntity(entityId(functionKey(name), key))),
});

export const timerOf = ({ fireAt }: SdkAction, id: EventId): Action => ({
  kind: "createTimer",
  id,
  fireAt: clampTime(parseDate(fireAt) ?? Number.NaN),
});

/** The library lowers the letters of its name as JavaScript does, and Perdure unit by unit. */
export function checkedEntity(id: string | undefined): InstanceId {
  const text = id ?? "";
  const second = text.indexOf("@", 1);
  const known = second > 1 ? entityId(functionKey(text.slice(1, second)), text.slice(second + 1)) : text;
  const problem = entityIdProblem(known);
  if (problem !== null) throw fault("CALL_INVALID", `entity ${JSON.stringify(text)}`, problem);
  return toInstanceId(known);
}
