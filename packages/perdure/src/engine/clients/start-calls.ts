import { saidByStore } from "../../store/said-by-store.ts";
import type { StartOp } from "../calls/client-op.ts";
import type { Committer } from "../commits/committer.ts";
import type { DirectCalls } from "../mail/direct-calls.ts";
import type { Births } from "../ownership/births.ts";
import type { NumberPool } from "../ownership/number-pool.ts";
import type { Phase } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";

export interface StartCallsPort {
  readonly phase: Phase;
  readonly numbers: Pick<NumberPool, "isLow" | "refill">;
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly births: Pick<Births, "add">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly directCalls: Pick<DirectCalls, "send">;
}

/** Which way a client's start goes: into the gathering batch, or to the store by itself. */
export class StartCalls {
  readonly #port: StartCallsPort;

  constructor(port: StartCallsPort) {
    this.#port = port;
  }

  /** `reenter`: what to do with a start that has waited for numbers. Many come back at once, and the gathering batch may have no room for them. */
  enter(op: StartOp, reenter: (op: StartOp) => void): void {
    const { numbers, directCalls } = this.#port;
    if (op.onExisting === "replace" || op.isRepeat) directCalls.send(op);
    else if (!numbers.isLow) this.#gather(op);
    else {
      op.hold();
      const go = () => {
        if (op.answered) return;
        op.letIn();
        if (this.#port.phase === "running" && !numbers.isLow) reenter(op);
        else directCalls.send(op);
      };
      numbers.refill().then(go, (error: unknown) => {
        saidByStore(error);
        go();
      });
    }
  }

  #gather(op: StartOp): void {
    const { committer, births, storeClock } = this.#port;
    // What exists is not replaced from a batch: it may be on its way for longer than its caller waits ({@link ClientStart.replaces}).
    births.add(committer.gathering, op.start, { ifExists: null, onExisting: "fail", minted: op.minted, at: storeClock.now(), op });
    committer.requestSeal();
  }
}
