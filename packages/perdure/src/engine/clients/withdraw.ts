import type { InstanceNo } from "../../model/ids.ts";
import type { Batch } from "../commits/batch.ts";
import type { Engine } from "../engine.ts";
import type { Mailbox } from "../instances/mailbox.ts";
import type { AnyOp, DeliverOp } from "./client-op.ts";
import { StartOp } from "./client-op.ts";

/**
 * Takes clients' calls out of the mailboxes of instances and out of the batches that the store has not written, as if they had never come. Gives those
 * that were taken out; on the others something is built: the episode that took the message is done, or the instance that was started has spoken to
 * others. All at once, since each place is gone through once, however many calls it holds.
 */
export function withdraw(engine: Engine, ops: readonly AnyOp[], batches: readonly Batch[]): ReadonlySet<AnyOp> {
  const starts = new Set<StartOp>();
  const messages = new Set<DeliverOp>();
  for (const op of ops) op instanceof StartOp ? starts.add(op) : messages.add(op);
  const withdrawn = new Set<AnyOp>();
  for (const op of takeFromMailboxes(engine, messages)) withdrawn.add(op);
  for (const batch of batches) {
    const unsent = batch.unsend(messages);
    for (const op of unsent) withdrawn.add(op);
    if (unsent.length > 0) engine.mailOrder.settled(unsent.map(({ instanceId }) => instanceId));
  }
  for (const op of withdrawStarts(engine, starts, batches)) withdrawn.add(op);
  return withdrawn;
}

/** As long as no episode has begun with them. */
function takeFromMailboxes(engine: Engine, ops: ReadonlySet<DeliverOp>): readonly DeliverOp[] {
  const mailboxes = new Set<Mailbox>();
  for (const { instanceId } of ops) {
    const instance = engine.table.byId(instanceId);
    if (instance !== undefined) mailboxes.add(instance.mailbox);
  }
  return [...mailboxes].flatMap((mailbox) => mailbox.takeOut(ops));
}

function withdrawStarts(engine: Engine, ops: ReadonlySet<StartOp>, batches: readonly Batch[]): readonly StartOp[] {
  if (ops.size === 0) return [];
  const withMail = new Set(batches.flatMap((batch) => batch.instancesWithMail()));
  const withdrawn: StartOp[] = [];
  const nos = new Set<InstanceNo>();
  for (const { births, startOps } of batches.map((batch) => batch.effects)) {
    for (const [no, op] of startOps) {
      if (!ops.has(op)) continue;
      const born = births.get(no);
      if (born !== undefined) {
        if (born.hasSpoken || born.running || withMail.has(born)) continue;
        if (engine.table.byNo(no) === born) engine.table.remove(born);
        born.go();
        engine.parts.executor.forget(no);
      }
      withdrawn.push(op);
      nos.add(no);
    }
  }
  if (nos.size > 0) for (const batch of batches) batch.forget(nos);
  return withdrawn;
}
