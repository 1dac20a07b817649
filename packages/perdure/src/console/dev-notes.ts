import type { DevNote } from "./wire.ts";

/** Marks in timelines. */
const MOST_KILLS = 50;

/** What `perdure dev` has said and still counts: a page that is opened later is told it as well. */
export class DevNotes {
  /** The last load, and behind it the edit that could not be loaded. */
  #app: readonly DevNote[] = [];
  #kills: readonly DevNote[] = [];

  add(note: DevNote): void {
    switch (note.kind) {
      case "reloaded":
        this.#app = [note];
        return;
      case "broken":
        this.#app = [...this.#app.filter(({ kind }) => kind === "reloaded"), note];
        return;
      case "killed":
        this.#kills = [...this.#kills, note].slice(-MOST_KILLS);
    }
  }

  get all(): readonly DevNote[] {
    return [...this.#app, ...this.#kills];
  }
}
