import type { HistoryEvent } from "../../model/history.ts";

const NO_EVENTS: readonly HistoryEvent[] = [];

/**
 * Brings the events of a list in the order in which they are applied: what came between two episodes waits until the OrchestratorStarted
 * after it has set the clock, and is then delivered before what stands inside the episode. Copies nothing.
 */
export class EventFeed {
  #list: readonly HistoryEvent[] = NO_EVENTS;
  /** Next event inside the episode. */
  #position = 0;
  /** Events from between two episodes that are delivered in this one: from, up to. */
  #deferredAt = 0;
  #deferredEnd = 0;
  #inEpisode = false;
  /** Events of the lists before. */
  #base = 0;

  /** Place in the history of the event inside the episode that was given last, from 1. */
  get position(): number {
    return this.#base + this.#position;
  }

  enter(list: readonly HistoryEvent[]): void {
    this.#base += this.#list.length;
    this.#list = list;
    this.#position = 0;
    this.#deferredAt = 0;
    this.#deferredEnd = 0;
  }

  /** The list is applied: the next one begins between two episodes. */
  leave(): void {
    this.enter(NO_EVENTS);
    this.#inEpisode = false;
  }

  episodeCompleted(): void {
    this.#inEpisode = false;
  }

  next(): HistoryEvent | null {
    if (this.#deferredAt < this.#deferredEnd) return this.#list[this.#deferredAt++] ?? null;
    if (this.#inEpisode) return this.#list[this.#position++] ?? null;
    return this.#openEpisode();
  }

  #openEpisode(): HistoryEvent | null {
    const from = this.#position;
    let at = from;
    while (at < this.#list.length && this.#list[at]?.kind !== "OrchestratorStarted") at++;
    const opening = this.#list[at];
    if (opening === undefined) return null;
    this.#inEpisode = true;
    this.#position = at + 1;
    this.#deferredAt = from;
    this.#deferredEnd = at;
    return opening;
  }
}
