import type { LockKey } from "../../model/entity-message.ts";
import type { HeldLock } from "../../model/entity-notes.ts";
import type { InstanceId } from "../../model/ids.ts";
import { isReply } from "../../model/message.ts";
import type { StoreDump } from "../../store/contract.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { WaitingMessage } from "./entity-work.ts";
import { heldIn, isEntityRow, lockOf, lockText, notesOf, waitingForEntities } from "./entity-work.ts";
import type { Invariant } from "./invariant.ts";
import { mailMessage } from "./mail-message.ts";
import type { OpenSection } from "./open-work.ts";
import type { DumpView } from "./view.ts";
import { viewOf } from "./view.ts";

/** What holds between entities, those that call them, and those that have locked them. */
export const entityInvariants: readonly Invariant[] = [
  {
    id: "entity-held-by-history",
    sentence: "An entity has a history exactly while it holds messages: at most four events for each of them, and 256.",
    check(view, report) {
      for (const row of view.dump.instances) {
        if (!isEntityRow(row)) continue;
        const events = view.current(row);
        const held = heldIn(events).length;
        const noted = notesOf(row).held;
        if ((held === 0) !== (events.length === 0) || events.length > 4 * held + 256)
          report(row, `its history has ${events.length} events, and ${held} messages are held`);
        if (noted !== held) report(row, `its row says that ${noted} messages are held, its history ${held}`);
      }
    },
  },
  {
    id: "entity-lock-held",
    sentence: "An entity is locked by a section that is open, or the release is on its way to it.",
    check(view, report) {
      for (const { row, lock } of orphanedLocks(view))
        report(row, `it is locked by the section ${lockText(lock.key)} of "${lock.holder}", which is over, and no release is on its way`);
    },
  },
  {
    id: "section-in-one-place",
    sentence:
      "Of an open section the request or the grant is in one place, and exactly the entities before it are locked by it, in ascending order.",
    check(view, report) {
      const waiting = waitingForEntities(view);
      for (const row of view.dump.instances) {
        const { section } = view.openWork(row);
        if (row.completedAt === null && section !== null) checkSection(view, row, section, waiting, (detail) => report(row, detail));
      }
    },
  },
  {
    id: "entity-call-open",
    sentence: "An instance that waits for an operation of an entity has it in one place: waiting there, or answered in the inbox.",
    check(view, report) {
      const calls = new Map<string, number>();
      const count = (key: string) => calls.set(key, (calls.get(key) ?? 0) + 1);
      const answers = new Set<string>(); // an answer may be delivered twice
      for (const { message } of waitingForEntities(view)) {
        if (message.kind !== "entityOp" || message.from === null) continue;
        const { no, generation, taskId } = message.from;
        count(`${no}:${generation}:${taskId}`);
      }
      for (const mail of view.dump.inbox) {
        const message = mailMessage(mail);
        if (message !== null && isReply(message)) answers.add(`${mail.no}:${message.generation}:${message.taskId}`);
      }
      for (const key of answers) count(key);
      for (const row of view.dump.instances) {
        if (row.completedAt !== null) continue;
        for (const id of view.openWork(row).entityCalls) {
          const places = calls.get(`${row.no}:${row.generation}:${id}`) ?? 0;
          if (places !== 1) report(row, `the call ${id} of an entity, or its answer, is in ${places} places`);
        }
      }
    },
  },
  {
    id: "entity-message-addressed",
    sentence: "A request for a lock, or a release, waits at the entity whose place it names.",
    check(view, report) {
      for (const { at, message } of waitingForEntities(view)) {
        if (message.kind !== "entityLock" && message.kind !== "entityRelease") continue;
        const meant = message.entities[message.at];
        if (meant !== at)
          report(view.rowsById.get(at) ?? null, `${message.kind} ${lockText(message.lock)} waits here and is for "${meant}"`);
      }
    },
  },
];

/** How many entities are locked, and how many of them for good, since the section is over and no release comes. */
export function locksOf(dump: StoreDump): { readonly held: number; readonly orphaned: number } {
  const view = viewOf(dump, 0);
  const held = dump.instances.filter((row) => isEntityRow(row) && lockOf(row) !== null).length;
  return { held, orphaned: held === 0 ? 0 : orphanedLocks(view).length };
}

/** Locks that no release will ever end. */
function orphanedLocks(view: DumpView): readonly { readonly row: InstanceRow; readonly lock: HeldLock }[] {
  const waiting = waitingForEntities(view);
  return view.dump.instances.flatMap((row) => {
    const lock = isEntityRow(row) ? lockOf(row) : null;
    return lock === null || isOpen(view, lock, row.instanceId) || isReleaseComing(waiting, lock) ? [] : [{ row, lock }];
  });
}

function isOpen(view: DumpView, { key, at }: HeldLock, entity: InstanceId): boolean {
  const holder = view.rows.get(key.no);
  if (holder === undefined || holder.completedAt !== null || holder.generation !== key.generation) return false;
  const { section } = view.openWork(holder);
  return section !== null && section.id === key.id && section.entities[at] === entity;
}

/** Ahead of it, and so before it gets there. */
const isReleaseComing = (waiting: readonly WaitingMessage[], { key, at }: HeldLock): boolean =>
  waiting.some(({ message }) => message.kind === "entityRelease" && isKey(message.lock, key) && message.at <= at);

function checkSection(
  view: DumpView,
  row: InstanceRow,
  section: OpenSection,
  waiting: readonly WaitingMessage[],
  report: (detail: string) => void,
): void {
  const key: LockKey = { no: row.no, generation: row.generation, id: section.id };
  const name = `section ${lockText(key)}`;
  const { entities } = section;
  if (entities.some((entity, at) => at > 0 && !(String(entities[at - 1]) < entity)))
    report(`${name} is not in ascending order: ${entities.join(", ")}`);
  const requests = waiting.flatMap(({ message }) => (message.kind === "entityLock" && isKey(message.lock, key) ? [message.at] : []));
  const isGrant =
    section.granted ||
    (view.inbox.get(row.no) ?? []).map(mailMessage).some((message) => {
      return message?.kind === "lockGranted" && message.generation === row.generation && message.taskId === section.id;
    });
  const places = isGrant ? [...requests, entities.length] : requests;
  if (places.length !== 1) report(`the request of ${name}, or its grant, is in ${places.length} places`);
  if (waiting.some(({ message }) => message.kind === "entityRelease" && isKey(message.lock, key)))
    report(`${name} is open, and a release is on its way`);
  const [reached = 0] = places;
  for (const [at, entity] of entities.entries()) {
    const other = view.rowsById.get(entity);
    const lock = other === undefined ? null : lockOf(other);
    const isLocked = lock !== null && isKey(lock.key, key);
    if (isLocked !== at < reached)
      report(`${name} ${isLocked ? "has locked" : "has not locked"} "${entity}", and has reached place ${reached}`);
  }
}

const isKey = (a: LockKey, b: LockKey): boolean => lockText(a) === lockText(b);
