import { namesOffered } from "../../model/executor.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { Step } from "../lease/persistent.ts";
import { once } from "../lease/persistent.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { NumberPool } from "../ownership/number-pool.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { StoreClock } from "../time/store-clock.ts";

export interface MembershipPort {
  readonly parts: Pick<WorkerParts, "store" | "executor" | "host" | "codeVersion" | "log">;
  readonly settings: Pick<WorkerSettings, "leaseMs">;
  readonly fleet: Pick<Fleet, "joined" | "keys">;
  readonly storeClock: Pick<StoreClock, "learn">;
  readonly numbers: Pick<NumberPool, "refill">;
}

/** This worker's row in the store: under which name, and with which fence, it writes. */
export class Membership {
  readonly #port: MembershipPort;
  #identity: Identity | null = null;
  #leftAs: Identity | null = null;

  constructor(port: MembershipPort) {
    this.#port = port;
  }

  get identity(): Identity {
    if (this.#identity === null) throw new Error("the worker has not joined");
    return this.#identity;
  }

  /** As a new worker, with whatever the executor offers now. */
  async join(step: Step = once): Promise<void> {
    const { parts, settings, fleet, storeClock, numbers } = this.#port;
    const { store, executor, host } = parts;
    const functions = namesOffered(executor.offer);
    const joined = await step(() => store.join({ leaseMs: settings.leaseMs, functions, host }));
    this.#identity = { worker: joined.worker, fence: joined.fence };
    fleet.joined(functions, joined.now);
    storeClock.learn(joined.now);
    await step(() => numbers.refill());
    await step(() => this.resumeStopped());
    this.log("info", "worker.joined", `Worker ${joined.worker} has joined the task hub`);
  }

  /** The same worker has another fence: its old one may have been in use by a commit whose answer was lost. */
  refenced(identity: Identity): void {
    this.#identity = identity;
  }

  /** Sets instances going again that were stopped for want of these functions, or under other code. */
  resumeStopped(): Promise<unknown> {
    const { parts, fleet } = this.#port;
    return parts.store.resumeForCode({ keys: fleet.keys.instances, codeVersion: parts.codeVersion });
  }

  /** What it owns is free at once, and not at the end of its lease. Once for each identity; nothing before it has joined. */
  async leave(): Promise<void> {
    const identity = this.#identity;
    if (identity === null || this.#leftAs === identity) return;
    await this.#port.parts.store.leave(identity);
    this.#leftAs = identity;
  }

  log(level: "info" | "warn" | "error", event: string, message: string): void {
    const { log, host } = this.#port.parts;
    log.write({ level, event, message, fields: { worker: this.#identity?.worker ?? null, host } });
  }
}
