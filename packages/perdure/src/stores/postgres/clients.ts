import { executionId } from "../../model/ids.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { purgeNote } from "../../store/audit.ts";
import type { ClientStart, DeliverReceipt, Delivery, RunInTheWay, StartReceipt } from "../../store/contract.ts";
import type { PurgeParams, PurgeReceipt } from "../../store/purge.ts";
import { MOST_PURGED_AT_ONCE } from "../../store/purge.ts";
import type { Row } from "./connections/link.ts";
import { carryOutAccepted } from "./replacements.ts";
import type { ClientCalls } from "./start-call.ts";
import { callStart, noteText } from "./start-call.ts";
import type { StartNumbers } from "./start-numbers.ts";
import { BIRTH, targetBirth } from "./wire/instance-row.ts";
import { int8Array } from "./wire/int8-array.ts";
import { LAYOUT_NUMBER } from "./wire/layouts.ts";
import { ALWAYS, MESSAGE } from "./wire/message-row.ts";
import { refuseUnstorable, Texts } from "./wire/texts.ts";

/** Whom a client's call concerns beside its caller. */
export interface Concern {
  readonly owner: number | null;
  readonly ready: boolean;
}

export const NO_CONCERN: Concern = { owner: null, ready: false };

export type Told<Receipt> = { readonly receipt: Receipt; readonly concern: Concern };

export async function start(
  calls: ClientCalls,
  numbers: StartNumbers,
  { start: spec, onExisting: how, replaces, note }: ClientStart,
): Promise<Told<StartReceipt | RunInTheWay>> {
  const no = await numbers.take();
  let carriedOut = false;
  for (;;) {
    const answer = await callStart(calls, { no, start: spec, how, replaces, note });
    const now = calls.learn(answer.o_now);
    const status = answer.o_status as RuntimeStatus;
    if (answer.o_outcome === "accepted") {
      if (await carryOutAccepted(calls, numbers, spec.instanceId)) carriedOut = true;
    } else if (answer.o_outcome === "inTheWay") {
      const startId = executionId(String(answer.o_execution));
      return { receipt: { outcome: "inTheWay", startId }, concern: { owner: null, ready: carriedOut } };
    } else if (answer.o_outcome !== "live") {
      const outcome = answer.o_outcome as StartReceipt["outcome"];
      const ready = carriedOut || (outcome === "started" && (spec.startAt === null || spec.startAt <= now));
      return { receipt: { outcome, status, executionId: executionId(String(answer.o_execution)) }, concern: { owner: null, ready } };
    } else {
      const { receipt, concern } = await deliver(calls, {
        instanceId: spec.instanceId,
        message: { kind: "replace", ts: now, start: spec },
      });
      // Ended or purged in between: then it can be started in its place.
      if (receipt.outcome !== "delivered") continue;
      return {
        receipt: { outcome: "replacing", status, executionId: spec.executionId },
        concern: { ...concern, ready: concern.ready || carriedOut },
      };
    }
  }
}

export async function deliver(calls: ClientCalls, delivery: Delivery): Promise<Told<DeliverReceipt>> {
  const { row, target, bytes } = packDelivery(delivery);
  const answer = await calls.callForClient("deliver_message", [LAYOUT_NUMBER, row, target, bytes]);
  return { receipt: receiptOfDelivery(answer), concern: concernOf(answer) };
}

/** One message, and its target if that may be created, as the client functions take them. */
export function packDelivery({ instanceId, ...delivery }: Delivery) {
  const texts = new Texts();
  const row: number[] = [];
  const target: number[] = [];
  MESSAGE.pack(row, texts, { to: { instanceId }, ...delivery, condition: ALWAYS });
  if (delivery.orCreate !== undefined) BIRTH.pack(target, texts, targetBirth(delivery.orCreate));
  return { row: int8Array(row), target: int8Array(target), bytes: texts.bytes };
}

export const receiptOfDelivery = (answer: Row): DeliverReceipt => ({
  outcome: answer.o_outcome as DeliverReceipt["outcome"],
  status: answer.o_status as RuntimeStatus | null,
});

export const concernOf = (answer: Row): Concern => ({ owner: answer.o_owner as number | null, ready: answer.o_woke === true });

export async function purge(calls: ClientCalls, params: PurgeParams): Promise<Told<PurgeReceipt>> {
  return { receipt: await purged(calls, params), concern: NO_CONCERN };
}

async function purged(calls: ClientCalls, params: PurgeParams): Promise<PurgeReceipt> {
  const how = [params.recursive === true, MOST_PURGED_AT_ONCE, noteText(purgeNote(params))];
  if ("instanceId" in params) {
    refuseUnstorable(params.instanceId, "instance id");
    return receiptOfPurge(await calls.callForClient("purge_one", [params.instanceId, ...how]));
  }
  if ("nos" in params) return receiptOfPurge(await calls.callForClient("purge_these", [params.nos, ...how]));
  const { completedBefore, completedFrom, createdFrom, createdTo, statuses, names, keepsUnderLiveParents, limit } = params;
  const [only, except] = names === undefined ? [null, null] : "only" in names ? [names.only, null] : [null, names.except];
  const range = [
    completedFrom ?? null,
    completedBefore,
    createdFrom,
    createdTo,
    [...statuses],
    only,
    except,
    keepsUnderLiveParents === true,
  ];
  const answer = await calls.callForClient("purge_range", [...range, limit, ...how]);
  const upTo = answer.o_up_to as number | null;
  return { ...receiptOfPurge(answer), ...(upTo === null ? {} : { upTo }) };
}

const receiptOfPurge = (answer: Row): PurgeReceipt => ({ deleted: answer.o_deleted as number, complete: answer.o_complete === true });
