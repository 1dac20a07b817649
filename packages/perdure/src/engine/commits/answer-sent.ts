import type { CommitReceipt } from "../../store/commit.ts";
import type { Effects } from "./sealed-batch.ts";

/** Clients whose messages left as rows hear what became of those. */
export function answerSent({ sentOps }: Pick<Effects, "sentOps">, receipt: CommitReceipt): void {
  if (sentOps.size === 0) return;
  const failed = new Map(receipt.undelivered.map(({ index, why }) => [index, why]));
  for (const [index, op] of sentOps) op.resolve({ outcome: failed.get(index) ?? "delivered", status: null });
}
