import { posix } from "node:path";
import { blankOut } from "./blank-out.ts";
import { readImports } from "./read-imports.ts";

/** A path from the repository root, with its text. */
export interface RepositoryFile {
  readonly path: string;
  readonly text: string;
}

/** Where programs begin: what the package exports, what npm scripts and tests start, and every example. */
const ENTRIES: readonly RegExp[] = [
  /^packages\/perdure\/src\/(?:index|testing\/index|testing\/store|http\/index|console\/index|cli\/main)\.ts$/,
  /\.(?:test|testsuite)\.ts$/,
  /^(?:examples|packages\/perdure\/templates)\//,
  /^packages\/perdure\/test\/golden\/record-histories\.ts$/,
  /^packages\/console\/test\/take-pictures\.ts$/,
  /^bench\/(?:main|children\/[^/]+)\.ts$/,
  /^(?:scripts|test)\/[^/]+\.ts$/,
  /^scripts\/lib\/(?:built-threads|run-tests|runner-hook|test-reporter|warm-up)\.ts$/,
];

const PACKAGE_ENTRIES: Readonly<Record<string, string>> = {
  perdure: "packages/perdure/src/index.ts",
  "perdure/testing": "packages/perdure/src/testing/index.ts",
  "perdure/store": "packages/perdure/src/testing/store.ts",
  "perdure/http": "packages/perdure/src/http/index.ts",
  "perdure/console": "packages/perdure/src/console/index.ts",
};

/** A file named by a string: a worker thread, a child process. Such a file is in use, and so are all its exports. */
const NAMED_FILE = /["'`]((?:\.{1,2}\/)[\w./-]+?)(?:\.ts|\.js)?["'`]/g;
const VALUE_EXPORT = /(?:^|\n)export\s+(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class)\s+([A-Za-z_$][\w$]*)/g;

interface Edge {
  readonly to: string;
  readonly names: readonly string[] | null;
}

/** One line for each file that nothing reaches and each exported value that nothing but its own file mentions, if that. */
export function deadCode(files: readonly RepositoryFile[]): string[] {
  const known = new Set(files.map((file) => file.path));
  const edges = new Map(files.map((file) => [file.path, edgesOf(file, known)] as const));
  const entries = [...known].filter((path) => ENTRIES.some((entry) => entry.test(path)));
  const reached = reach(entries, edges);
  const used = usedNames(edges);

  return files.flatMap(({ path, text }) => {
    if (!reached.has(path)) return [`${path}  nothing imports this file`];
    const names = used.get(path);
    if (entries.includes(path) || names === "all") return [];
    return unusedExports(text, names ?? new Set()).map((name) => `${path}  nothing uses the export "${name}"`);
  });
}

function edgesOf(file: RepositoryFile, known: ReadonlySet<string>): Edge[] {
  const { withoutComments } = blankOut(file.text);
  const resolve = (specifier: string): string => PACKAGE_ENTRIES[specifier] ?? posix.join(posix.dirname(file.path), specifier);
  const imports = readImports(withoutComments);
  const imported = imports.map(({ specifier, names }): Edge => ({ to: resolve(specifier), names }));
  const importedPaths = new Set(imported.map((edge) => edge.to));
  const named = Array.from(withoutComments.matchAll(NAMED_FILE), (match): Edge => ({ to: `${resolve(match[1] ?? "")}.ts`, names: null }));
  return [...imported, ...named.filter((edge) => !importedPaths.has(edge.to))].filter((edge) => known.has(edge.to));
}

function reach(entries: readonly string[], edges: ReadonlyMap<string, readonly Edge[]>): Set<string> {
  const reached = new Set(entries);
  // A Set's iteration also visits what is added meanwhile.
  for (const path of reached) for (const edge of edges.get(path) ?? []) reached.add(edge.to);
  return reached;
}

function usedNames(edges: ReadonlyMap<string, readonly Edge[]>): Map<string, Set<string> | "all"> {
  const used = new Map<string, Set<string> | "all">();
  for (const { to, names } of [...edges.values()].flat()) {
    const before = used.get(to);
    if (before === "all") continue;
    used.set(to, names === null ? "all" : new Set([...(before ?? []), ...names]));
  }
  return used;
}

function unusedExports(text: string, used: ReadonlySet<string>): string[] {
  const { codeOnly } = blankOut(text);
  const names = Array.from(codeOnly.matchAll(VALUE_EXPORT), (match) => match[1] ?? "");
  return names.filter((name) => !used.has(name) && countOf(codeOnly, name) < 2);
}

function countOf(code: string, name: string): number {
  return code.split(/[^\w$]+/).filter((word) => word === name).length;
}
