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

interface Suspicion {
  /** Ends that were its own for certain. */
  ends: number;
  /** False: it may run in a group of suspects. */
  isAlone: boolean;
}

/**
 * Which calls may be what ends threads. One that a thread has named, or that was alone in it, is at fault; otherwise all that had begun are suspects. These
 * run in small groups, apart from the others; those of a group that ends, and those at fault, run alone, so that the next end is certain. A call that ends well is
 * cleared.
 */
export class Suspects {
  readonly #suspicions = new Map<string, Suspicion>();

  /** One finding for each call that had begun, in the same order. */
  examine({ begun, accused }: Ending): readonly Finding[] {
    if (accused === "none") return begun.map(() => "bystander");
    const known = accused ?? (begun.length === 1 ? 0 : null);
    return begun.map((key, place) => {
      if (known !== null && place !== known) return "bystander";
      return known === null ? this.#suspect(key) : this.#atFault(key);
    });
  }

  get isEmpty(): boolean {
    return this.#suspicions.size === 0;
  }

  isSuspect(key: CallKey): boolean {
    return key !== null && this.#suspicions.has(key);
  }

  runsAlone(key: CallKey): boolean {
    return key !== null && this.#suspicions.get(key)?.isAlone === true;
  }

  clear(key: CallKey): void {
    if (key !== null) this.#suspicions.delete(key);
  }

  #suspect(key: CallKey): Finding {
    if (key === null) return "suspect";
    const before = this.#suspicions.get(key);
    if (before === undefined) this.#suspicions.set(key, { ends: 0, isAlone: false });
    else before.isAlone = true;
    return "suspect";
  }

  #atFault(key: CallKey): Finding {
    if (key === null) return "at fault";
    const ends = (this.#suspicions.get(key)?.ends ?? 0) + 1;
    this.#suspicions.set(key, { ends, isAlone: true });
    if (ends < ENDS_OF_POISON) return "at fault";
    this.#suspicions.delete(key); // a resume, or other code, begins at 0
    return "poison";
  }
}
