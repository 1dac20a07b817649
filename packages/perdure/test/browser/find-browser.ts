import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome-headless-shell"];

/** A browser of the Chromium family: the one that `PERDURE_TEST_BROWSER` names, or one on the path. Null where there is none. */
export function findBrowser(): string | null {
  const named = process.env.PERDURE_TEST_BROWSER;
  if (named !== undefined) return named;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
