import type { ActiveInstance } from "./instance.ts";

export type InstanceListener = (instance: ActiveInstance) => void;

/** Notifies the waits and watchers of this process that an instance has begun, changed or ended, once that is durable. */
export class Announcements {
  readonly #onStart = new Set<InstanceListener>();
  readonly #onEnd = new Set<InstanceListener>();
  readonly #onChange = new Set<InstanceListener>();

  /** Returns the way to stop it. */
  onStart(listener: InstanceListener): () => void {
    this.#onStart.add(listener);
    return () => this.#onStart.delete(listener);
  }

  onEnd(listener: InstanceListener): () => void {
    this.#onEnd.add(listener);
    return () => this.#onEnd.delete(listener);
  }

  /** With each batch that changes an instance. Only while one is watched: it is on the path of every commit. */
  onChange(listener: InstanceListener): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  announce(instance: ActiveInstance): void {
    for (const listener of instance.end === null ? this.#onStart : this.#onEnd) listener(instance);
  }

  changed(instances: Iterable<ActiveInstance>): void {
    if (this.#onChange.size === 0) return;
    for (const instance of instances) for (const listener of this.#onChange) listener(instance);
  }
}
