/** Of a payload: its beginning. */
export interface PreviewText {
  /** JSON text as it was recorded, cut to so many bytes; null: hidden. Of one that is cut this is not valid JSON. */
  readonly text: string | null;
  /** Of all of it, in UTF-8. */
  readonly bytes: number;
  readonly isCut: boolean;
}

export interface Preview extends PreviewText {
  /** For a read of the whole of it. */
  readonly at: PayloadPlace;
}

export type PayloadPlace = "input" | "output" | "customStatus" | `event.${number}.${string}`;
