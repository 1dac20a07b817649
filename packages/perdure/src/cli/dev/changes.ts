import type { AppWatch } from "./app-watch.ts";

const all = (): boolean => true;

/** Files that have changed since the app was last loaded: those of the load that runs or has failed, and those that wait for the next one. */
export class Changes {
  readonly #watch: Pick<AppWatch, "take">;
  readonly #waiting = new Set<string>();
  readonly #taken = new Set<string>();

  constructor(watch: Pick<AppWatch, "take">) {
    this.#watch = watch;
  }

  add(paths: readonly string[]): void {
    for (const path of paths) this.#waiting.add(path);
  }

  get taken(): readonly string[] {
    return [...this.#taken];
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** The load that runs has them as they are now. */
  take(which: (path: string) => boolean = all): readonly string[] {
    const found = this.#leave(which);
    for (const path of found) this.#taken.add(path);
    return found;
  }

  /** Nothing has to be done for these. */
  drop(which: (path: string) => boolean): void {
    this.#leave(which);
  }

  loaded(): void {
    this.#taken.clear();
  }

  #leave(which: (path: string) => boolean): readonly string[] {
    this.add(this.#watch.take());
    const found = [...this.#waiting].filter(which);
    for (const path of found) this.#waiting.delete(path);
    return found;
  }
}
