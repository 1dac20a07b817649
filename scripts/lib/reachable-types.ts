import { readFileSync } from "node:fs";
import { posix } from "node:path";

/** What a declaration imports: whole modules, and types in place. Paths name the sources. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*"(\.[^"]+)\.ts"/g;

/** Declarations in this folder that the entry points lead to. The others cannot be imported: they were a sixth of the package. */
export function reachableTypes(folder: string, entries: readonly string[]): ReadonlySet<string> {
  const found = new Set(entries);
  for (const file of found) {
    const text = readFileSync(`${folder}/${file}`, "utf8");
    for (const [, path = ""] of text.matchAll(IMPORTED)) found.add(`${posix.join(posix.dirname(file), path)}.d.ts`);
  }
  return found;
}
