import type { DurableBatch } from "../commits/committer.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Progress } from "../recovery/progress.ts";
import type { Resync } from "../recovery/resync.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { IdleReleases } from "../upkeep/idle-releases.ts";
import type { AfterCommit } from "./after-commit.ts";
import type { NextWork } from "./next-work.ts";
import type { ReceiptNews } from "./receipt-news.ts";

export interface ReceiptsPort {
  readonly phase: Phase;
  readonly fleet: Pick<Fleet, "meter">;
  readonly progress: Pick<Progress, "made">;
  readonly storeClock: Pick<StoreClock, "learn">;
  readonly resync: Pick<Resync, "onDurable">;
  readonly idleReleases: Pick<IdleReleases, "onDurable">;
  readonly afterCommit: Pick<AfterCommit, "apply">;
  readonly receiptNews: Pick<ReceiptNews, "follow">;
  readonly nextWork: Pick<NextWork, "begin">;
}

/** A batch is durable: which parts are told, in this order. */
export class Receipts {
  readonly #port: ReceiptsPort;

  constructor(port: ReceiptsPort) {
    this.#port = port;
  }

  came({ batch, effects, receipt, claims, tookMs, rows }: DurableBatch): void {
    const { fleet, progress, storeClock, resync, idleReleases, afterCommit, receiptNews, nextWork } = this.#port;
    progress.made();
    fleet.meter.committed(tookMs, rows, effects.ended.length);
    storeClock.learn(receipt.now);
    if (!isAlive(this.#port.phase)) return;
    resync.onDurable(batch);
    idleReleases.onDurable();
    afterCommit.apply(effects, receipt);
    receiptNews.follow(effects, receipt);
    nextWork.begin(batch, receipt, claims);
  }
}
