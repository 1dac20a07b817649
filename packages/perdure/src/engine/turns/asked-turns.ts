import type { Offer } from "../../model/executor.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import type { Linked } from "../../model/linked-set.ts";
import { LinkedSet } from "../../model/linked-set.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { WorkerParts } from "../options.ts";
import type { AskedTurn } from "./asked-turn.ts";

/** What one kind of function was asked for and has not been taken yet, and how many places of the executor that takes. */
export class AskedTurns<Asked extends AskedTurn & Linked<Asked>> {
  readonly #executor: { readonly offer: Offer };
  readonly #kind: FunctionKind;
  readonly #onPlaceFree: () => void;
  readonly #asked = new LinkedSet<Asked>();
  /** Those in `#asked` without an answer: so many places of the executor are taken. */
  #away = 0;

  /** `onPlaceFree`: one of an executor's limited places is free. */
  constructor({ executor }: Pick<WorkerParts, "executor">, kind: FunctionKind, onPlaceFree: () => void) {
    this.#executor = executor;
    this.#kind = kind;
    this.#onPlaceFree = onPlaceFree;
  }

  get size(): number {
    return this.#asked.size;
  }

  /** The executor takes one more. Answers need no place of it. */
  get hasPlace(): boolean {
    const capacity = this.#capacity;
    return capacity === null || this.#away < capacity;
  }

  has(asked: Asked): boolean {
    return this.#asked.has(asked);
  }

  of(instance: ActiveInstance): Asked | undefined {
    for (const asked of this.#asked) if (asked.instance === instance) return asked;
    return undefined;
  }

  all(): readonly Asked[] {
    return [...this.#asked];
  }

  add(asked: Asked): void {
    this.#asked.add(asked);
    this.#away += 1;
  }

  /** False: it was dropped before. */
  drop(asked: Asked): boolean {
    const wasAsked = this.#asked.delete(asked);
    this.freePlace(asked);
    asked.leaveGate();
    return wasAsked;
  }

  /** Its place is for the next in line: nothing else wakes a line that waits for a place. */
  freePlace(asked: Asked): void {
    if (!asked.freePlace()) return;
    this.#away -= 1;
    if (this.#capacity !== null) this.#onPlaceFree();
  }

  get #capacity(): number | null {
    return this.#executor.offer[this.#kind].capacity;
  }
}
