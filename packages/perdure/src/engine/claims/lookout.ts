import { PerdureError } from "../../errors/perdure-error.ts";
import { refusalText } from "../../store/errors.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import { Repeated } from "../../telemetry/repeated.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { ClaimKeys } from "./claim-keys.ts";
import type { InboxRows } from "./inbox-rows.ts";
import type { Intake } from "./intake.ts";

/**
 * What waits in memory is read again with every look: 10,000 messages take 50 ms of the store and of this thread. From so
 * many rows on looks take a sixth of the time at most, and what has come meanwhile waits for the next.
 */
const MANY_KNOWN_ROWS = 500;
const REST_PER_LOOK = 5;

export interface LookoutPort {
  readonly parts: Pick<WorkerParts, "store" | "scheduler" | "clock" | "log">;
  readonly settings: Pick<WorkerSettings, "pollEveryMs">;
  readonly phase: Phase;
  readonly identity: Identity;
  readonly claimKeys: ClaimKeys;
  readonly inbox: Pick<InboxRows, "read" | "knownRows">;
  readonly intake: Pick<Intake, "looked">;
  readonly storeClock: Pick<StoreClock, "learn">;
}

/**
 * Looks into the store for what has come from outside: this worker's mail, and when the next unowned instance or free task is due. Hints make it look
 * at once; the poll makes it certain. One look at a time.
 */
export class Lookout {
  readonly #port: LookoutPort;
  #isLooking = false;
  #again = false;
  #cancelNext: (() => void) | null = null;
  /** No look before this, monotonic. */
  #restUntil = 0;
  #stopped = false;
  readonly #complaints = new Repeated();

  constructor(port: LookoutPort) {
    this.#port = port;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelNext?.();
    this.#cancelNext = null;
  }

  /** Something may have come: looks once, and again if asked meanwhile. */
  lookAround(): void {
    if (this.#stopped) return;
    if (this.#isLooking) {
      this.#again = true;
      return;
    }
    const restMs = this.#restUntil - this.#port.parts.clock.monotonicMs();
    if (restMs > 0) {
      this.#sleep(restMs);
      return;
    }
    this.#isLooking = true;
    this.#look().then(
      () => this.#looked(null),
      (error: unknown) => this.#looked(saidByStore(error)),
    );
  }

  async #look(): Promise<void> {
    const { phase, parts, claimKeys, inbox, storeClock, intake } = this.#port;
    if (phase !== "running" && phase !== "draining") return;
    const { store } = parts;
    await claimKeys.learn(store);
    const began = parts.clock.monotonicMs();
    const seen = await inbox.read((without) =>
      store.look({ worker: this.#port.identity.worker, keys: claimKeys.keys, ...claimKeys.versions, without }),
    );
    const now = parts.clock.monotonicMs();
    this.#restUntil = inbox.knownRows < MANY_KNOWN_ROWS ? 0 : now + REST_PER_LOOK * (now - began);
    if (this.#port.phase !== "running") return;
    storeClock.learn(seen.now);
    this.#sleep(intake.looked(seen));
  }

  #looked(error: unknown): void {
    this.#isLooking = false;
    if (this.#stopped) return;
    const { parts, settings } = this.#port;
    if (error !== null) {
      const message = error instanceof PerdureError ? error.message : `The store does not answer: ${refusalText(error)}`;
      if (this.#complaints.isDue(message)) parts.log.write({ level: "warn", event: "store.away", message, fields: {} });
      this.#sleep(settings.pollEveryMs);
    } else this.#complaints.end();
    if (this.#again) {
      this.#again = false;
      this.lookAround();
    }
  }

  #sleep(ms: number): void {
    this.#cancelNext?.();
    const { parts, settings } = this.#port;
    this.#cancelNext = parts.scheduler.after(Math.min(ms, settings.pollEveryMs), () => {
      this.#cancelNext = null;
      this.lookAround();
    });
  }
}
