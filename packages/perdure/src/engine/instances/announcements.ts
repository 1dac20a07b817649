import type { ActiveInstance } from "./instance.ts";

export type InstanceListener = (instance: ActiveInstance) => void;

/** Notifies the waits of this process that an instance has begun or ended, once that is durable. */
export class Announcements {
  readonly #onStart = new Set<InstanceListener>();
  readonly #onEnd = new Set<InstanceListener>();

  /** Returns the way to stop it. */
  onStart(listener: InstanceListener): () => void {
    this.#onStart.add(listener);
    return () => this.#onStart.delete(listener);
  }

  onEnd(listener: InstanceListener): () => void {
    this.#onEnd.add(listener);
    return () => this.#onEnd.delete(listener);
  }

  announce(instance: ActiveInstance): void {
    for (const listener of instance.end === null ? this.#onStart : this.#onEnd) listener(instance);
  }
}
