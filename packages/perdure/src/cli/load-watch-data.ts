/** What the thread beside the loading of an app is told. */
export interface LoadWatchData {
  /** Of the command. */
  readonly args: readonly string[];
  /** Of an Azure app, whose TypeScript may be compiled; null: what runs is the source. */
  readonly folder: string | null;
}

/** Where code computed for too long. `file` null: not known. */
export interface HeldLoad {
  readonly file: string | null;
  readonly reason: string;
}

/** A number asks whether the main thread takes messages, which sends it back. "note", "end": it does, and it is time to say something, or to end. Else it was held, and is free now. */
export type FromLoadWatch = number | "note" | "end" | HeldLoad;

export const NOTE_MS = 10_000;
export const LIMIT_MS = 60_000;
