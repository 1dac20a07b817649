import { FreshSet } from "../model/fresh-map.ts";
import type { Scheduler } from "../process/clock.ts";

export type Look = () => void;

/** How often a wait asks the store when nobody tells it anything. */
const POLL_MS = 250;
/** Hints that do not say whose end they are about make waits look at once; between two rounds of looks lies at least this much. */
const GAP_MS = 10;
/**
 * What all waits of this process may cost together: about 1,000 looks a second, however many wait. A look is a read of 15 µs (SQLite) on the
 * thread that also runs the engine: when each of 20,000 waits asked four times a second, nothing else got done, and so they never ended.
 */
const LOOKS_PER_ROUND = 100;
const MS_PER_LOOK = 1;

/** When the waits of this process ask the store again: the one that has asked least recently comes first. */
export class LookRounds {
  readonly #scheduler: Scheduler;
  readonly #listen: (listener: () => void) => () => void;
  /** In order of their last look. */
  readonly #here = new FreshSet<Look>();
  readonly #elsewhere = new FreshSet<Look>();
  #cancelPoll: (() => void) | null = null;
  #stopHints: (() => void) | null = null;
  #resting = false;
  #hintedMeanwhile = false;
  #pollMeanwhile = false;

  /** `listen`: to the store's hints that any instance may have ended; done only while somebody waits for what runs in another process. */
  constructor(scheduler: Scheduler, listen: (listener: () => void) => () => void) {
    this.#scheduler = scheduler;
    this.#listen = listen;
  }

  /** For one look: `add` again for the next. `elsewhere`: no worker of this process has it now, so that hints are about it too. */
  add(look: Look, elsewhere: boolean): void {
    (elsewhere ? this.#here : this.#elsewhere).delete(look);
    if (elsewhere) {
      this.#elsewhere.add(look);
      this.#stopHints ??= this.#listen(() => this.#hinted());
    } else this.#here.add(look);
    this.#schedule();
  }

  remove(look: Look): void {
    this.#here.delete(look);
    this.#elsewhere.delete(look);
    if (this.#elsewhere.size === 0) {
      this.#stopHints?.();
      this.#stopHints = null;
    }
    if (this.size > 0) return;
    this.#cancelPoll?.();
    this.#cancelPoll = null;
  }

  get size(): number {
    return this.#here.size + this.#elsewhere.size;
  }

  #schedule(): void {
    if (this.#cancelPoll !== null || this.#pollMeanwhile || this.size === 0) return;
    const ms = Math.max(LOOKS_PER_ROUND * MS_PER_LOOK, Math.min(POLL_MS, (POLL_MS * LOOKS_PER_ROUND) / this.size));
    this.#cancelPoll = this.#scheduler.after(ms, () => {
      this.#cancelPoll = null;
      if (this.#resting) {
        this.#pollMeanwhile = true;
        return;
      }
      const looks = take(this.#elsewhere, LOOKS_PER_ROUND);
      this.#round([...looks, ...take(this.#here, LOOKS_PER_ROUND - looks.length)]);
    });
  }

  #hinted(): void {
    if (this.#resting) this.#hintedMeanwhile = true;
    else if (this.#elsewhere.size > 0) this.#round(take(this.#elsewhere, LOOKS_PER_ROUND));
  }

  #round(looks: readonly Look[]): void {
    this.#resting = true;
    this.#hintedMeanwhile = false;
    this.#pollMeanwhile = false;
    this.#scheduler.after(Math.max(GAP_MS, looks.length * MS_PER_LOOK), () => {
      this.#resting = false;
      if (this.#hintedMeanwhile) this.#hinted();
      else if (this.#pollMeanwhile) {
        this.#pollMeanwhile = false;
        this.#schedule();
      }
    });
    for (const look of looks) look();
    this.#schedule();
  }
}

function take(from: FreshSet<Look>, most: number): readonly Look[] {
  const taken: Look[] = [];
  for (const look of from) {
    if (taken.length >= most) break;
    from.delete(look);
    taken.push(look);
  }
  return taken;
}
