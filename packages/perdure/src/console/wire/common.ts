/** Every answer that is not 2xx. `code` is one of the catalogue (docs/errors.md). */
export interface WireError {
  readonly code: string;
  readonly message: string;
  /** What to do, where that is more than the message says. */
  readonly hint: string | null;
}

export interface Count {
  readonly n: number;
  /** False: there are at least so many; counting stopped there. */
  readonly isExact: boolean;
}

/** Of a payload: its beginning. */
export interface Preview {
  /** JSON text as it was recorded, cut to so many bytes; null: hidden. Of one that is cut this is not valid JSON. */
  readonly text: string | null;
  readonly bytes: number;
  readonly isCut: boolean;
  /** For GET `/instances/{id}/payload?at=`, which has the whole of it. */
  readonly at: PayloadPlace;
}

export type PayloadPlace = "input" | "output" | "customStatus" | `event.${number}.${string}`;
