import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import type { ClaimedWork } from "../claims/claimed-work.ts";
import type { Intake } from "../claims/intake.ts";
import type { ClientDoor } from "../clients/client-door.ts";
import type { Batch } from "../commits/batch.ts";
import type { CommitterHost, DurableBatch } from "../commits/committer.ts";
import type { Claims, Identity } from "../commits/sealed-batch.ts";
import { NO_CLAIMS } from "../commits/sealed-batch.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { Resync } from "../recovery/resync.ts";
import type { Receipts } from "./receipts.ts";

export interface CommitEventsPort {
  readonly phase: Phase;
  readonly identity: Identity;
  readonly intake: Pick<Intake, "claims">;
  readonly claimedWork: Pick<ClaimedWork, "claimed">;
  readonly door: Pick<ClientDoor, "release">;
  readonly resync: Pick<Resync, "onRefused">;
  readonly receipts: Pick<Receipts, "came">;
}

/** What the committer asks and tells: its batches know nothing of claims, clients or what follows a receipt. */
export class CommitEvents implements CommitterHost {
  readonly #port: CommitEventsPort;

  constructor(port: CommitEventsPort) {
    this.#port = port;
  }

  get identity(): Identity {
    return this.#port.identity;
  }

  claims(): Claims {
    return this.#port.phase === "running" ? this.#port.intake.claims() : NO_CLAIMS;
  }

  onReceipt(receipt: CommitReceipt): void {
    this.#port.claimedWork.claimed(receipt);
  }

  onTaking(): void {
    this.#port.door.release();
  }

  onDurable(durable: DurableBatch): void {
    this.#port.receipts.came(durable);
  }

  onRefused(batch: Batch, commit: GroupCommit, refusal: StoreRefusal): void {
    if (isAlive(this.#port.phase)) this.#port.resync.onRefused(batch, commit, refusal);
  }
}
