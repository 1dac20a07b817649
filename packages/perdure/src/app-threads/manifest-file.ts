import { readFileSync } from "node:fs";
import { isRecord } from "../model/options.ts";

const LISTS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/** What a package.json says; editors may put a mark of UTF-8 before it. Throws where it is not there or no JSON. */
export const manifestIn = (file: string): unknown => JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));

/** Names of the packages that a package.json asks for. None, where it is not there or cannot be read: another error says so. */
export function dependenciesIn(file: string): readonly string[] {
  try {
    const manifest = manifestIn(file);
    return LISTS.flatMap((list) => (isRecord(manifest) && isRecord(manifest[list]) ? Object.keys(manifest[list]) : []));
  } catch {
    return [];
  }
}
