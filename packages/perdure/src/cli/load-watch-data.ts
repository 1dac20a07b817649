/** What the thread beside the loading of an app is told. */
export interface LoadWatchData {
  /** Of the command. */
  readonly args: readonly string[];
  /** Of an Azure app, whose TypeScript may be compiled; null: what runs is the source. */
  readonly folder: string | null;
}

/** It asks whether the main thread takes messages, which sends the question back: it is time to say something, or to end. */
export type FromLoadWatch = "note" | "end";

export const NOTE_MS = 10_000;
export const LIMIT_MS = 60_000;
