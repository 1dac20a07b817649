import type { CommitReceipt } from "../../store/commit.ts";
import type { Committer } from "../commits/committer.ts";
import type { Effects } from "../commits/sealed-batch.ts";
import type { InstanceTable } from "../instances/instance-table.ts";

export interface ReceiptNewsPort {
  readonly committer: Pick<Committer, "requestClaim">;
  readonly table: Pick<InstanceTable, "byNo">;
  lookAround(): void;
}

/** What a receipt says has come into the store: work that any worker may claim, and mail for instances of this one. */
export class ReceiptNews {
  readonly #port: ReceiptNewsPort;

  constructor(port: ReceiptNewsPort) {
    this.#port = port;
  }

  follow({ newTasks }: Pick<Effects, "newTasks">, receipt: CommitReceipt): void {
    const { committer, table } = this.#port;
    if (receipt.madeReady || newTasks.length > 0) committer.requestClaim();
    const hasUnknownMail = receipt.mailFor.some((no) => table.byNo(no)?.leaving !== true);
    if (hasUnknownMail) this.#port.lookAround();
  }
}
