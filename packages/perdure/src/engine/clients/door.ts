import type { Batch } from "../commits/batch.ts";
import type { AnyOp } from "./client-op.ts";

/** What the rest of the engine asks of the client door, which needs the engine itself. */
export interface Door {
  /** Sends one call to the store by itself, not in a batch. */
  direct(op: AnyOp): void;
  /** The batch is about to be sent again: calls that are no longer waited for, or whose caller gets no answer before `nextAnswerAt`, leave it. */
  atRest(batch: Batch, nextAnswerAt: number): void;
}
