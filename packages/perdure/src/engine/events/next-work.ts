import type { CommitReceipt } from "../../store/commit.ts";
import type { InboxRows } from "../claims/inbox-rows.ts";
import type { Intake } from "../claims/intake.ts";
import type { Batch } from "../commits/batch.ts";
import type { Claims } from "../commits/sealed-batch.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { Sharing } from "../tasks/sharing.ts";
import type { Turns } from "../turns/turns.ts";

export interface NextWorkPort {
  readonly sharing: Pick<Sharing, "shareLine">;
  readonly unoffered: Pick<Unoffered, "onDurable">;
  readonly inbox: Pick<InboxRows, "hadToSkip">;
  readonly intake: Pick<Intake, "onDurable">;
  readonly turns: Pick<Turns, "onRoom">;
  lookAround(): void;
}

/** The effects of a durable batch have left: what may be left to others, read, claimed or run now that it is written. */
export class NextWork {
  readonly #port: NextWorkPort;

  constructor(port: NextWorkPort) {
    this.#port = port;
  }

  begin(batch: Batch, receipt: CommitReceipt, claims: Claims): void {
    const { sharing, unoffered, inbox, intake, turns } = this.#port;
    sharing.shareLine();
    unoffered.onDurable(batch);
    if (inbox.hadToSkip()) this.#port.lookAround();
    intake.onDurable(receipt, claims);
    turns.onRoom();
  }
}
