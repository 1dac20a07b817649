/** What a call is told apart by, over all its deliveries: an instance, or a task of it. Null: a call that comes once (HTTP, triggers). */
export type CallKey = string | null;

/** What is known of a call that was in a thread when that ended. `at fault`: its code ended it · `suspect`: it may have · `poison`: too often. */
export type Finding = "bystander" | "suspect" | "at fault" | "poison";

/** How a thread ended: what had begun there, and which of them it named itself. */
export interface Ending {
  readonly begun: readonly CallKey[];
  /** Its place in `begun`; "none": none of them; null: it is not known. */
  readonly accused: number | "none" | null;
}

/** Ends of threads that were certainly of one call, after which it is poison. */
export const ENDS_OF_POISON = 3;

/**
 * Which calls may be what ends threads. One that a thread has named, or that was alone in it, is at fault; otherwise all that had begun are suspects.
 * Each of these runs alone from then on, so the next end is certain. A call that ends well is cleared.
 */
export class Suspects {
  /** Endings that were its own for certain. */
  readonly #deaths = new Map<string, number>();

  /** One finding for each call that had begun, in the same order. */
  examine({ begun, accused }: Ending): readonly Finding[] {
    if (accused === "none") return begun.map(() => "bystander");
    const known = accused ?? (begun.length === 1 ? 0 : null);
    return begun.map((key, place) => {
      if (known !== null && place !== known) return "bystander";
      if (key === null) return known === null ? "suspect" : "at fault";
      const deaths = (this.#deaths.get(key) ?? 0) + (known === null ? 0 : 1);
      this.#deaths.set(key, deaths);
      if (deaths < ENDS_OF_POISON) return known === null ? "suspect" : "at fault";
      this.#deaths.delete(key); // a resume, or other code, begins at 0
      return "poison";
    });
  }

  runsAlone(key: CallKey): boolean {
    return key !== null && this.#deaths.has(key);
  }

  clear(key: CallKey): void {
    if (key !== null && this.#deaths.size > 0) this.#deaths.delete(key);
  }
}
