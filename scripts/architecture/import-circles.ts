import { posix } from "node:path";
import { blankOut } from "./blank-out.ts";
import type { RepositoryFile } from "./dead-code.ts";
import { readImports } from "./read-imports.ts";

/**
 * One line for each circle of imports, imports of types included: files that import each other cannot be read, tested or moved one by one.
 * A circle is named by the files on one way around it.
 */
export function importCircles(files: readonly RepositoryFile[]): string[] {
  const known = new Set(files.map((file) => file.path));
  const imports = new Map(files.map((file) => [file.path, importsOf(file).filter((path) => known.has(path))] as const));
  const circles: string[] = [];
  const done = new Set<string>();
  /** The files from the start of the search to the one that is looked at, in order. */
  const way: string[] = [];

  const visit = (path: string): void => {
    const begin = way.indexOf(path);
    if (begin >= 0) circles.push([...way.slice(begin), path].join(" → "));
    if (begin >= 0 || done.has(path)) return;
    way.push(path);
    for (const next of imports.get(path) ?? []) visit(next);
    way.pop();
    done.add(path);
  };
  for (const path of imports.keys()) visit(path);
  return circles;
}

function importsOf({ path, text }: RepositoryFile): string[] {
  const { withoutComments } = blankOut(text);
  const relative = readImports(withoutComments).filter(({ specifier }) => specifier.startsWith("."));
  return relative.map(({ specifier }) => posix.join(posix.dirname(path), specifier));
}
