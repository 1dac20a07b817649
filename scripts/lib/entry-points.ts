import { readFileSync } from "node:fs";
import { PACKAGE } from "./paths.ts";

/** One of the package's `exports` that has types. */
export interface TypedEntry {
  /** `perdure/testing`. */
  readonly specifier: string;
  /** Its declarations, below `dist`. */
  readonly file: string;
}

export function typedEntries(): readonly TypedEntry[] {
  const manifest: { readonly exports: { readonly [path: string]: string | { readonly types?: string } } } = JSON.parse(
    readFileSync(`${PACKAGE}/package.json`, "utf8"),
  );
  return Object.entries(manifest.exports).flatMap(([path, target]) => {
    const types = typeof target === "string" ? undefined : target.types;
    return types === undefined ? [] : [{ specifier: `perdure${path.slice(1)}`, file: types.replace("./dist/", "") }];
  });
}
