import { PerdureError } from "../../errors/perdure-error.ts";
import type { Clock, Scheduler } from "../../process/clock.ts";
import type { Pauses } from "../../process/doubling-pause.ts";
import { doublingPauseMs } from "../../process/doubling-pause.ts";
import type { DeliverReceipt, StartReceipt, Store } from "../../store/contract.ts";
import { refusalOf, refusalText } from "../../store/errors.ts";
import { entityCreatedBy } from "../../store/new-entity.ts";
import { startInstance } from "../../store/start-instance.ts";
import { dedupIdOf } from "../../store/wake.ts";
import type { AnyOp, DeliverOp } from "./client-op.ts";
import { StartOp } from "./client-op.ts";

const PAUSES: Pauses = { firstMs: 50, longestMs: 1_000 };

export interface DirectParts {
  readonly store: Pick<Store, "start" | "deliver">;
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** A killed worker gives no answers. */
  readonly isDead: () => boolean;
  /** The store has it. */
  readonly onDone: (op: AnyOp) => void;
}

/**
 * Sends a client's call to the store by itself, again and again while that writes nothing, until the call is due. Where its answer is lost a start
 * is sent again, since the store knows its execution id; a message is not, since it might come twice.
 */
export function sendDirect(op: AnyOp, parts: DirectParts, failures = 0): void {
  if (op.answered || parts.isDead()) return;
  const began = parts.clock.monotonicMs();
  op.goes();
  attempt(op, parts).then(
    (receipt) => {
      op.cameBack();
      parts.onDone(op);
      op.resolve(receipt as StartReceipt & DeliverReceipt);
    },
    (error: unknown) => {
      op.cameBack();
      if (op.answered || parts.isDead()) return;
      const { kind } = refusalOf(error);
      const isOurs = error instanceof PerdureError; // in words for people: to try again is of no use
      if (!isOurs && kind === "unknown") op.losesAnswer();
      const mayRepeat = !isOurs && (kind === "busy" || (kind === "unknown" && isRepeatable(op)));
      const now = parts.clock.monotonicMs();
      const pauseMs = doublingPauseMs(PAUSES, failures);
      // One more attempt that takes as long as this one would come too late: now it is certain what has become of the call.
      if (mayRepeat && now + pauseMs + (now - began) < op.dueAt) {
        parts.scheduler.after(pauseMs, () => sendDirect(op, parts, failures + 1));
      } else if (isOurs || !(kind === "busy" || kind === "unknown")) op.reject(error);
      else op.reject(op.unavailable(refusalText(error), op.wasLost ? "unknown" : "no"));
    },
  );
}

function attempt(op: AnyOp, { store, isDead }: DirectParts): Promise<StartReceipt | DeliverReceipt> {
  if (op instanceof StartOp) {
    const { start, onExisting, note } = op;
    return startInstance(store, { start, onExisting, ...(note === undefined ? {} : { note }) }, () => !op.answered && !isDead());
  }
  const { instanceId, message } = op;
  return store.deliver({ instanceId, message, ...entityCreatedBy(instanceId, message) });
}

function isRepeatable(op: AnyOp): boolean {
  return op instanceof StartOp ? op.onExisting !== "replace" : isKnownAgain(op);
}

const isKnownAgain = ({ message }: DeliverOp) => dedupIdOf(message) !== null;
