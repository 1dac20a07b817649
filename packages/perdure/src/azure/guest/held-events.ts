import type { EventRaised } from "../../model/history.ts";
import type { SdkExecutor } from "./sdk-executor.ts";

/**
 * External events that no code waits for yet. The library would keep them itself, but up to 3.3.1 it loses all but the last of a name, and does not continue
 * with that one.
 */
export class HeldEvents {
  readonly #sdk: SdkExecutor;
  #held: EventRaised[] = [];

  constructor(sdk: SdkExecutor) {
    this.#sdk = sdk;
    sdk.openEvents = Object.create(null); // "constructor" is a name like any other
  }

  /** Oldest first. */
  get all(): readonly EventRaised[] {
    return this.#held;
  }

  hold(event: EventRaised): void {
    this.#held.push(event);
  }

  /** The oldest one that is waited for now; it is held no longer. */
  take(): EventRaised | undefined {
    if (this.#held.length === 0) return undefined;
    const at = this.#held.findIndex(({ name }) => this.isAwaited(name));
    return at < 0 ? undefined : this.#held.splice(at, 1)[0];
  }

  /** A wait that was given its event may still stand in the list, once for each time it was yielded: another event would be lost to it. */
  isAwaited(name: string): boolean {
    const { openEvents } = this.#sdk;
    const waits = openEvents[name];
    if (waits === undefined) return false;
    const open = waits.filter((task) => !task.hasResult);
    if (open.length === 0) delete openEvents[name];
    else if (open.length < waits.length) openEvents[name] = open;
    return open.length > 0;
  }

  /** Names that are waited for. */
  awaited(): readonly string[] {
    return Object.keys(this.#sdk.openEvents)
      .filter((name) => this.isAwaited(name))
      .sort();
  }
}
