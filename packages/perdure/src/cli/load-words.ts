import type { Place } from "../app-threads/held-line.ts";
import { asItIs, heldPlace, innermost, placeText } from "../app-threads/held-line.ts";
import { pausedMainFrames } from "../app-threads/paused-frames.ts";
import type { PerdureError } from "../errors/perdure-error.ts";
import { fault } from "../errors/perdure-error.ts";
import { timeWords } from "../errors/time-words.ts";
import { isJson } from "./error-text.ts";
import type { HeldLoad } from "./load-watch-data.ts";
import { LIMIT_MS, NOTE_MS } from "./load-watch-data.ts";

/** `what`: what it does. Under `--json` standard error is one object, of an error. */
export const stillLoading = (args: readonly string[], what: string): string =>
  isJson(args) ? "" : `The app has not been loaded for ${timeWords(NOTE_MS)}: ${what}.\n`;

export async function noteWhereHeld(args: readonly string[], folder: string | null): Promise<string> {
  const place = await mainPlace(folder);
  return stillLoading(args, whereText(place));
}

export async function whereHeld(folder: string | null): Promise<HeldLoad> {
  const place = await mainPlace(folder);
  return { file: place?.file ?? null, reason: `${whereText(place)}, and has not ended in ${timeWords(LIMIT_MS)}` };
}

export const heldFault = ({ file, reason }: HeldLoad): PerdureError => fault("APP_IMPORT_FAILED", file ?? process.cwd(), reason);

const whereText = (place: Place | null): string =>
  place === null ? "it computes at a line that is not known, or is in a call that blocks" : `it computes at ${placeText(place)}`;

/** Where the main thread computes, asked from another one. */
function mainPlace(folder: string | null): Promise<Place | null> {
  const sourceLine = async (file: string, line: number) =>
    folder === null ? asItIs(file, line) : (await import("../azure/guest/typescript/source-line.ts")).sourceLine(folder, file, line);
  return heldPlace([() => pausedMainFrames().then(innermost)], sourceLine);
}
