import { instanceNo } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { NewTarget, OutgoingMessage } from "../../store/commit.ts";
import type { Sent } from "../../store/post.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { dedupIdOf, generationOf, wakesStopped } from "../../store/wake.ts";
import { newRow } from "./create.ts";
import type { StoredMail, Tables } from "./tables.ts";

export function resolveTarget(tables: Tables, { to, orCreate }: Omit<OutgoingMessage, "message">): InstanceRow | undefined {
  const found = "no" in to ? tables.instances.get(to.no) : tables.find(to.instanceId);
  return found === undefined && orCreate !== undefined ? createTarget(tables, orCreate) : found;
}

/** Asleep: it is its message that wakes it. */
function createTarget(tables: Tables, { start, status }: NewTarget): InstanceRow {
  const row = { ...newRow(instanceNo(tables.next("instance")), start, null, null, tables.now()), status };
  tables.putInstance(row);
  return row;
}

/** One message into an inbox; an unowned target that slept becomes ready (docs/design/ownership.md 5). */
export function send(tables: Tables, target: InstanceRow | undefined, message: Message): Sent<InstanceRow> {
  if (target === undefined) return { kind: "notFound" };
  if (target.completedAt !== null) return { kind: "done" };
  const dedupId = dedupIdOf(message);
  const mail = tables.mailOf(target.no);
  const isCopy = dedupId !== null && mail.some((other) => other.dedupId === dedupId);
  let seq: number | null = null;
  if (!isCopy) {
    seq = tables.next("seq");
    const { no, owner: worker } = target;
    const row: StoredMail = {
      no,
      seq,
      kind: message.kind,
      generation: generationOf(message),
      body: JSON.stringify(message),
      worker,
      dedupId,
    };
    tables.set(tables.inbox, no, [...mail, row]);
  }
  return { kind: "sent", target, seq, woke: wake(tables, target, message) };
}

function wake(tables: Tables, target: InstanceRow, message: Message): boolean {
  if (target.owner !== null) return false;
  if (target.stopped !== null && !wakesStopped(message.kind)) return false;
  const now = tables.now();
  if (target.wakeAt !== null && target.wakeAt <= now) return false;
  makeReady(tables, target);
  return true;
}

export function makeReady(tables: Tables, row: InstanceRow): void {
  tables.putInstance({ ...row, stopped: null, wakeAt: tables.now() });
}
