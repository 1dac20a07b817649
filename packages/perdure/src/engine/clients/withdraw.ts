import type { InstanceNo } from "../../model/ids.ts";
import type { Batch } from "../commits/batch.ts";
import type { Engine } from "../engine.ts";
import type { AnyOp } from "./client-op.ts";
import { StartOp } from "./client-op.ts";

/**
 * Takes a client's call out of the batches that the store has not written, as if it had never come. False when others have built on it: the
 * episode that took the message is done, or the instance that was started has spoken to others.
 */
export function withdraw(engine: Engine, op: AnyOp, batches: readonly Batch[]): boolean {
  if (op instanceof StartOp) return withdrawStart(engine, op, batches);
  const batch = batches.find((candidate) => candidate.unsend(op));
  if (batch === undefined) return false;
  engine.mailOrder.settled([op.instanceId]);
  return true;
}

function withdrawStart(engine: Engine, op: StartOp, batches: readonly Batch[]): boolean {
  const home = batches.find((batch) => batch.holds(op));
  const no = home?.noOf(op);
  if (home === undefined || no === undefined) return false;
  const born = home.births.get(no);
  if (born !== undefined) {
    if (born.hasSpoken || born.running || batches.some((batch) => batch.hasMailFor(born))) return false;
    if (engine.table.byNo(no) === born) engine.table.remove(born);
    born.go();
    engine.parts.executor.forget(no);
  }
  for (const batch of batches) batch.forget(no as InstanceNo);
  return true;
}
