import { SUSPECTS_AT_ONCE, suspectPlace } from "./suspicion.ts";

type Begin = (leave: () => void) => void;

/**
 * Suspects in this worker's memory run in groups, then alone, as those do that are claimed (suspicion.ts): the loss of a place is evidence against few
 * only if few suspects were there. Of one suspicion at a time, the least suspicious first.
 */
export class SuspectGate {
  #inside = 0;
  #place = 0;
  readonly #waiting: readonly Begin[][] = SUSPECTS_AT_ONCE.map(() => []);

  /** Calls `begin` now or later, also when the suspect is gone by then; what it is given must be called once the suspect does not run any more. */
  enter(crashes: number, begin: Begin): void {
    const place = suspectPlace(crashes);
    if (this.#hasRoom(place)) this.#begin(place, begin);
    else this.#waiting[place]?.push(begin);
  }

  #hasRoom(place: number): boolean {
    return this.#inside === 0 || (place === this.#place && this.#inside < (SUSPECTS_AT_ONCE[place] ?? 1));
  }

  #begin(place: number, begin: Begin): void {
    this.#place = place;
    this.#inside += 1;
    let isInside = true;
    begin(() => {
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      this.#letIn();
    });
  }

  #letIn(): void {
    for (const [place, line] of this.#waiting.entries()) {
      while (this.#hasRoom(place)) {
        const begin = line.shift();
        if (begin === undefined) break;
        this.#begin(place, begin);
      }
    }
  }
}
