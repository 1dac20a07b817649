import type { EventRaised } from "../../model/history.ts";
import type { SdkExecutor } from "./sdk-executor.ts";

interface Held {
  readonly event: EventRaised;
  /** In the order in which they came in. */
  readonly nth: number;
}

/**
 * External events that no code waits for yet. The library would keep them itself, but up to 3.3.1 it loses all but the last of a name, and does not continue
 * with that one.
 */
export class HeldEvents {
  readonly #sdk: SdkExecutor;
  /** By name: there may be thousands that are never waited for. */
  readonly #held = new Map<string, Held[]>();
  #count = 0;

  constructor(sdk: SdkExecutor) {
    this.#sdk = sdk;
    sdk.openEvents = Object.create(null); // "constructor" is a name like any other
  }

  /** Oldest first. */
  get all(): readonly EventRaised[] {
    const all = [...this.#held.values()].flat();
    return all.sort((one, other) => one.nth - other.nth).map(({ event }) => event);
  }

  hold(event: EventRaised): void {
    const ofName = this.#held.get(event.name) ?? [];
    ofName.push({ event, nth: this.#count++ });
    this.#held.set(event.name, ofName);
  }

  /** The oldest one that is waited for now; it is held no longer. */
  take(): EventRaised | undefined {
    if (this.#held.size === 0) return undefined;
    let oldest: Held | undefined;
    for (const name in this.#sdk.openEvents) {
      const first = this.#held.get(name)?.[0];
      if (first !== undefined && first.nth < (oldest?.nth ?? Number.POSITIVE_INFINITY) && this.isAwaited(name)) oldest = first;
    }
    if (oldest === undefined) return undefined;
    const { name } = oldest.event;
    const ofName = this.#held.get(name) ?? [];
    ofName.shift();
    if (ofName.length === 0) this.#held.delete(name);
    return oldest.event;
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
    const names: string[] = [];
    for (const name in this.#sdk.openEvents) if (this.isAwaited(name)) names.push(name);
    return names.length > 1 ? names.sort() : names;
  }
}
