import { openSqliteStore } from "../../packages/perdure/src/stores/sqlite/sqlite-store.ts";

/** The clock that a store goes by, in the hands of a test: it runs as the real one does, and can be set forward and back. */
export class TestClock {
  #ahead = 0;

  readonly now = (): number => Date.now() + this.#ahead;

  pass(time: { readonly days?: number; readonly seconds?: number }): void {
    this.#ahead += (time.days ?? 0) * 86_400_000 + (time.seconds ?? 0) * 1_000;
  }

  open(path: string): ReturnType<typeof openSqliteStore> {
    return openSqliteStore({ path, now: this.now });
  }
}
