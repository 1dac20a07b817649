import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

const SOURCE =
  /\.(?:ts|mts|cts|tsx|js|mjs|cjs|jsx|wasm)$|^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml)$/;

/** An app is not larger; a folder full of other things must not hold up the start. */
const MOST_FILES = 2_000;
const MOST_FOLDERS = 500;

/**
 * What the files of an app say, in the order of their names: its own code, and by its lockfile the code of others. Data files are left out, since an
 * app may write them. `app`: its folder, or a file in it.
 */
export function* appSources(app: string, cwd: string): Iterable<string> {
  for (const { kind, name, path } of walkApp(resolve(cwd, app), isSource)) if (kind === "file") yield `${name}\0${contentOf(path)}`;
}

export const isSource = (name: string): boolean => SOURCE.test(name);

export interface AppEntry {
  readonly kind: "folder" | "file";
  readonly name: string;
  readonly path: string;
}

/** Folders of an app, and the files in them whose names are wanted. What others have written (`node_modules`), and what is hidden, is left out. */
export function* walkApp(path: string, isWanted: (name: string) => boolean): Iterable<AppEntry> {
  const folders = [entriesOf(path) === null ? dirname(path) : path];
  let files = 0;
  for (let at = 0; at < folders.length && at < MOST_FOLDERS; at++) {
    const folder = folders[at] ?? path;
    yield { kind: "folder", name: basename(folder), path: folder };
    for (const entry of entriesOf(folder) ?? []) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const file = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else if (isWanted(entry.name) && files < MOST_FILES) {
        files += 1;
        yield { kind: "file", name: entry.name, path: file };
      }
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return null; // no folder, or not ours to read
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
