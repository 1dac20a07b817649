import { isEntity } from "../../core/state.ts";
import type { AbortReason } from "../../model/executor.ts";
import type { ActiveInstance } from "../instances/instance.ts";

/** The turns of one kind of instance. */
export interface Line {
  readonly backlog: number;
  readonly awaited: number;
  enqueue(instance: ActiveInstance): void;
  giveUp(instance: ActiveInstance, reason?: AbortReason): void;
  clear(): void;
  onRoom(): void;
}

export interface TurnsPort {
  readonly episodes: Line;
  readonly entities: Line;
}

/** Turns of all instances, of whatever kind. */
export class Turns implements Line {
  readonly #port: TurnsPort;

  constructor(port: TurnsPort) {
    this.#port = port;
  }

  get backlog(): number {
    return this.#port.episodes.backlog + this.#port.entities.backlog;
  }

  get awaited(): number {
    return this.#port.episodes.awaited + this.#port.entities.awaited;
  }

  enqueue(instance: ActiveInstance): void {
    this.#of(instance).enqueue(instance);
  }

  giveUp(instance: ActiveInstance, reason?: AbortReason): void {
    this.#of(instance).giveUp(instance, reason);
  }

  clear(): void {
    this.#port.episodes.clear();
    this.#port.entities.clear();
  }

  onRoom(): void {
    this.#port.episodes.onRoom();
    this.#port.entities.onRoom();
  }

  #of({ state }: ActiveInstance): Line {
    return isEntity(state) ? this.#port.entities : this.#port.episodes;
  }
}
