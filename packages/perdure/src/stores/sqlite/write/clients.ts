import type { ExecutionId } from "../../../model/ids.ts";
import { REPLACED } from "../../../store/audit.ts";
import type { ClientStart, DeliverReceipt, Delivery, RunInTheWay, StartReceipt } from "../../../store/contract.ts";
import { insertInstance } from "../statements/insert-instance.ts";
import { noteRuns } from "./audit.ts";
import { dropInstances } from "./drop.ts";
import { checkId } from "./id.ts";
import { inherit } from "./inherit.ts";
import { resolveTarget, send, targetById } from "./mail.ts";
import { giveSlots } from "./tasks.ts";
import type { Tx } from "./tx.ts";

export function start(tx: Tx, { start: spec, onExisting, replaces, note }: ClientStart): StartReceipt | RunInTheWay {
  checkId(spec.instanceId);
  const { now } = tx;
  const wakeAt = Math.max(spec.startAt ?? now, now);
  const no = tx.mintNo();
  const existing = targetById(tx, spec.instanceId);
  let hasMail = false;
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
    hasMail = inherit(tx, existing.no, no, spec);
    noteRuns(tx, [existing.no], note ?? REPLACED);
    dropInstances(tx, [existing.no]);
    giveSlots(tx);
  }
  insertInstance(tx.connection, { no, start: spec, owner: null, wakeAt: hasMail ? now : wakeAt, createdAt: now, first: null });
  if (existing === undefined && note !== undefined) noteRuns(tx, [no], note);
  return { outcome: "started", status: "Pending", executionId: spec.executionId };
}

export function deliver(tx: Tx, { instanceId, message, orCreate }: Delivery): DeliverReceipt {
  const target = resolveTarget(tx, { to: { instanceId }, ...(orCreate === undefined ? {} : { orCreate }) });
  const sent = send(tx, target, message);
  return { outcome: sent.kind === "sent" ? "delivered" : sent.kind, status: target?.status ?? null };
}
