import type { EntityLock, EntityMessage, EntityOp, LockKey } from "../../model/entity-message.ts";
import type { EntityNotes } from "../../model/entity-notes.ts";
import { parseNotes } from "../../model/entity-notes.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import { parseEntityId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import { payload } from "../../model/payload.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { mailMessage } from "./mail-message.ts";
import type { DumpView } from "./view.ts";

export const isEntityRow = ({ instanceId }: InstanceRow): boolean => parseEntityId(instanceId) !== null;

export const lockText = ({ no, generation, id }: LockKey): string => `${no}:${generation}:${id}`;

export const notesOf = ({ customStatus }: InstanceRow): EntityNotes => parseNotes(customStatus === null ? null : payload(customStatus));

/** Who has the entity locked, by its row. */
export const lockOf = (row: InstanceRow) => notesOf(row).lock;

/** What an entity's history says is held. Derived here again, on purpose, and not by the engine's own fold: two readings must agree. */
export function heldIn(events: readonly HistoryEvent[]): readonly (EntityOp | EntityLock)[] {
  const places: (EntityOp | EntityLock | null)[] = [];
  for (const event of events) {
    if (event.kind === "EntityMessageHeld") places.push(event.message);
    if (event.kind === "EntityMessagesTaken") for (const at of event.at) places[at] = null;
  }
  return places.filter((message) => message !== null);
}

/** A message to an entity that no batch has taken: in its inbox, held, or kept for it until it exists. */
export interface WaitingMessage {
  readonly at: InstanceId;
  readonly where: "inbox" | "held" | "kept";
  readonly message: EntityMessage;
}

export function waitingForEntities(view: DumpView): readonly WaitingMessage[] {
  const waiting: WaitingMessage[] = [];
  for (const row of view.dump.instances) {
    if (!isEntityRow(row)) continue;
    for (const mail of view.inbox.get(row.no) ?? []) {
      const message = mailMessage(mail);
      if (isForEntities(message)) waiting.push({ at: row.instanceId, where: "inbox", message });
    }
    for (const message of heldIn(view.current(row))) waiting.push({ at: row.instanceId, where: "held", message });
  }
  for (const { instanceId, message } of view.dump.keptMail ?? []) {
    if (isForEntities(message)) waiting.push({ at: instanceId, where: "kept", message });
  }
  return waiting;
}

/** Minus infinity: something that is held may go; plus infinity: only a message can move it. */
export function entityNeededAt(row: InstanceRow, events: readonly HistoryEvent[]): number {
  const lock = lockOf(row);
  let earliest = Number.POSITIVE_INFINITY;
  for (const message of heldIn(events)) {
    const due = message.kind === "entityOp" && message.due !== null && message.due > message.ts ? message.due : null;
    if (due === null && (lock === null || isOwn(lock.key, message))) return Number.NEGATIVE_INFINITY;
    if (due !== null && lock === null) earliest = Math.min(earliest, due);
  }
  return earliest;
}

const isOwn = ({ no }: LockKey, message: EntityOp | EntityLock): boolean =>
  message.kind === "entityOp" && (message.from === null ? message.sender : message.from.no) === no;

function isForEntities(message: Message | null): message is EntityMessage {
  const { kind } = message ?? {};
  return kind === "entityOp" || kind === "entityLock" || kind === "entityRelease" || kind === "entityPurge";
}
