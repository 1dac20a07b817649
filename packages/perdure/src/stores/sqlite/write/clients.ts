import type { ExecutionId } from "../../../model/ids.ts";
import type { StartSpec } from "../../../model/start.ts";
import type { AuditNote } from "../../../store/audit.ts";
import { REPLACED, unreadableStart } from "../../../store/audit.ts";
import type { ClientStart, DeliverReceipt, Delivery, RunInTheWay, StartReceipt } from "../../../store/contract.ts";
import { acceptedStart } from "../../../store/parse.ts";
import { inboxRow } from "../rows-of.ts";
import { insertInstance } from "../statements/insert-instance.ts";
import { noteRuns } from "./audit.ts";
import { dropInstances } from "./drop.ts";
import { checkId } from "./id.ts";
import { inherit } from "./inherit.ts";
import type { Target } from "./mail.ts";
import { resolveTarget, send, targetById } from "./mail.ts";
import { giveSlots } from "./tasks.ts";
import type { Tx } from "./tx.ts";

export function start(tx: Tx, { start: spec, onExisting, replaces, note }: ClientStart): StartReceipt | RunInTheWay {
  checkId(spec.instanceId);
  const { now } = tx;
  const no = tx.mintNo();
  const found = targetById(tx, spec.instanceId);
  const existing = carryOutAccepted(tx, found) ? targetById(tx, spec.instanceId) : found;
  if (existing !== undefined) {
    const { status } = existing;
    const executionId = existing.execution_id as ExecutionId;
    const startId = (existing.start_id ?? executionId) as ExecutionId;
    if (startId === spec.executionId) return { outcome: "started", status, executionId };
    if (onExisting === "attach") return { outcome: "existing", status, executionId };
    if (existing.completed_at === null && onExisting === "error") return { outcome: "conflict", status, executionId };
    if (startId !== replaces) return { outcome: "inTheWay", startId };
    if (existing.completed_at === null) {
      send(tx, existing, { kind: "replace", ts: now, start: spec });
      return { outcome: "replacing", status, executionId: spec.executionId };
    }
  }
  takePlace(tx, existing, no, spec, note);
  return { outcome: "started", status: "Pending", executionId: spec.executionId };
}

const ACCEPTED = "SELECT no, seq, kind, generation, body FROM inbox WHERE no = ? AND kind = 'replace' ORDER BY seq";

/** The start that an ended run has accepted in its place. A later one of its inbox goes with what the first one inherits. False: there is none. */
export function carryOutAccepted(tx: Tx, ended: Target | undefined, onUnreadable?: (problem: string) => void): boolean {
  if (ended === undefined || ended.completed_at === null) return false;
  for (const row of tx.connection.sql(ACCEPTED).all(ended.no)) {
    const spec = acceptedStart(inboxRow(row));
    if (typeof spec === "string") {
      noteRuns(tx, [ended.no], unreadableStart(spec));
      onUnreadable?.(spec);
      tx.connection.sql("DELETE FROM inbox WHERE no = ? AND seq = ?").run(ended.no, Number(row.seq));
      continue;
    }
    takePlace(tx, ended, tx.mintNo(), spec);
    return true;
  }
  return false;
}

function takePlace(tx: Tx, ended: Target | undefined, no: number, spec: StartSpec, note?: AuditNote): void {
  const { now } = tx;
  let hasMail = false;
  if (ended !== undefined) {
    hasMail = inherit(tx, ended.no, no, spec);
    noteRuns(tx, [ended.no], note ?? REPLACED);
    dropInstances(tx, [ended.no]);
    giveSlots(tx);
  }
  const wakeAt = hasMail ? now : Math.max(spec.startAt ?? now, now);
  insertInstance(tx.connection, { no, start: spec, owner: null, wakeAt, createdAt: now, first: null });
  if (ended === undefined && note !== undefined) noteRuns(tx, [no], note);
}

export function deliver(tx: Tx, { instanceId, message, orCreate }: Delivery): DeliverReceipt {
  const target = resolveTarget(tx, { to: { instanceId }, ...(orCreate === undefined ? {} : { orCreate }) });
  const sent = send(tx, target, message);
  return { outcome: sent.kind === "sent" ? "delivered" : sent.kind, status: target?.status ?? null };
}
