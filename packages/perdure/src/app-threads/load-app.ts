import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { fault, faultFrom } from "../errors/perdure-error.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import { isRegistrable } from "../functions/registry.ts";
import { importAdvice, importReason } from "./import-advice.ts";
import { importing } from "./pending-import.ts";

/** Every function that the entry files of an app export, once each, in the order of files and exports. */
export async function loadApp(app: string, files: readonly string[], cwd: string): Promise<readonly RegisteredFunction[]> {
  const found = new Set<RegisteredFunction>();
  for (const file of files) {
    for (const value of Object.values(await importFile(file))) {
      if (isRegistrable(value)) found.add(value);
    }
  }
  const shown = (file: string) => relative(cwd, file) || file;
  if (found.size === 0) throw fault("APP_EMPTY", app, files.map(shown));
  return [...found];
}

async function importFile(file: string): Promise<{ readonly [name: string]: unknown }> {
  try {
    return await importing<{ readonly [name: string]: unknown }>(file, () => import(pathToFileURL(file).href));
  } catch (error) {
    throw faultFrom(error, "APP_IMPORT_FAILED", file, importReason(error), importAdvice(error));
  }
}
