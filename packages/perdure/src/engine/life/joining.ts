import { saidByStore } from "../../store/said-by-store.ts";
import { persistent } from "../lease/persistent.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isOver } from "../phase.ts";
import { within } from "../time/within.ts";
import type { Membership } from "./membership.ts";

/** For a leave: a store that does not answer must not keep the process. */
export const LEAVE_MS = 500;
/** For a join that is under way when the worker stops, and for the leave that follows it. */
const JOINING_MS = 2 * LEAVE_MS;

export interface JoiningPort {
  readonly phase: Phase;
  readonly parts: Pick<WorkerParts, "scheduler" | "clock">;
  readonly settings: Pick<WorkerSettings, "joinMs">;
  readonly membership: Pick<Membership, "join" | "leave" | "identity">;
}

/** Joins of this worker. One whose worker has ended meanwhile leaves no row behind. */
export class Joining {
  readonly #port: JoiningPort;
  #underWay: Promise<void> | null = null;

  constructor(port: JoiningPort) {
    this.#port = port;
  }

  /** When the worker starts: again and again while the store is away, up to a limit. Rejects then. */
  first(): Promise<void> {
    return this.#while(this.#first());
  }

  /** As a new worker, once; `onFailed` may try again. Nothing is called once the worker has ended. */
  asNewWorker(onJoined: () => void, onFailed: () => void): void {
    void this.#while(this.#asNewWorker(onJoined, onFailed));
  }

  /** The end of the worker waits for a join that is under way, because the row that the join makes must be removed again. */
  async settled(): Promise<void> {
    if (this.#underWay !== null) await within(this.#port.parts.scheduler, JOINING_MS, this.#underWay);
  }

  #while(joining: Promise<void>): Promise<void> {
    this.#underWay = joining;
    const done = () => {
      if (this.#underWay === joining) this.#underWay = null;
    };
    return joining.finally(done);
  }

  async #first(): Promise<void> {
    const { parts, settings, membership } = this.#port;
    const { scheduler, clock } = parts;
    try {
      await membership.join(persistent({ scheduler, clock, forMs: settings.joinMs, isOver: () => this.#port.phase !== "joining" }));
    } catch (error) {
      await this.#leaveUnused();
      throw error;
    }
    if (this.#port.phase === "stopped") await this.#leaveUnused();
  }

  async #asNewWorker(onJoined: () => void, onFailed: () => void): Promise<void> {
    const { membership } = this.#port;
    const lost = membership.identity;
    const joined = await membership.join().then(
      () => true,
      (error: unknown) => {
        saidByStore(error);
        return false;
      },
    );
    const isUnused = isOver(this.#port.phase) || !joined;
    if (isUnused && membership.identity !== lost) await this.#leaveUnused();
    if (isOver(this.#port.phase)) return;
    if (joined) onJoined();
    else onFailed();
  }

  /** It has joined and will do nothing: others need not count on it until its lease ends. */
  async #leaveUnused(): Promise<void> {
    if (this.#port.phase !== "dead") await within(this.#port.parts.scheduler, LEAVE_MS, this.#port.membership.leave());
  }
}
