import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { manifestIn } from "../app-threads/manifest-file.ts";
import { refuseAzureCode } from "../azure/recognise.ts";
import { fault } from "../errors/perdure-error.ts";
import { errorText } from "../telemetry/value-text.ts";

const CODE_FILE = /\.(?:ts|mts|cts|js|mjs|cjs)$/;
/** Others are told by Node why they are not. */
const IMPORTABLE = /\.(?:[cm]?[jt]sx?|wasm|node)$/;
const NOT_AN_ENTRY = /\.(?:test|spec|testsuite)\.\w+$|\.d\.\w+$/;

/**
 * The files whose exports make up an app: the file itself; or of a folder what its package.json names, else the first that exists of
 * `src/index`, the files of `functions/` (or `src/functions/`), `index`, and all code files of the folder.
 */
export function entryFiles(app: string, cwd: string): readonly string[] {
  const path = resolve(cwd, app);
  const kind = kindOf(path);
  if (kind === null) throw fault("APP_NOT_FOUND", path);
  if (kind === "file") return [codeFile(path)];
  const files =
    manifestEntry(path) ??
    indexOf(join(path, "src")) ??
    codeFiles(join(path, "functions")) ??
    codeFiles(join(path, "src", "functions")) ??
    indexOf(path) ??
    codeFiles(path) ??
    [];
  refuseAzureCode(path, files);
  return files;
}

function codeFile(path: string): string {
  const folder = dirname(path);
  if (!IMPORTABLE.test(path))
    throw fault("APP_IMPORT_FAILED", path, "it is not JavaScript or TypeScript", `Give the folder of the app: "${folder}".`);
  refuseAzureCode(path, [path]);
  return path;
}

function kindOf(path: string): "file" | "folder" | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : stats.isDirectory() ? "folder" : "file";
}

function manifestEntry(folder: string): readonly string[] | null {
  const file = join(folder, "package.json");
  if (kindOf(file) !== "file") return null;
  const manifest: unknown = readManifest(file);
  if (typeof manifest !== "object" || manifest === null) return null;
  const named = "exports" in manifest ? exportedEntry(manifest.exports) : null;
  const entry = named ?? ("main" in manifest && typeof manifest.main === "string" ? manifest.main : null);
  if (entry === null) return null;
  const path = resolve(folder, entry);
  // A manifest that names a build which was not made yet: the sources are there, and they run as they are.
  return kindOf(path) === "file" ? [path] : null;
}

function readManifest(file: string): unknown {
  try {
    return manifestIn(file);
  } catch (error) {
    throw fault("APP_IMPORT_FAILED", file, `it is not valid JSON (${errorText(error)})`);
  }
}

/** The `.` entry of `exports` in its usual forms: a string, conditions, or paths. */
function exportedEntry(exports: unknown): string | null {
  if (typeof exports === "string") return exports;
  if (typeof exports !== "object" || exports === null) return null;
  const conditions: { readonly [key: string]: unknown } = { ...exports };
  return exportedEntry(conditions["."] ?? conditions.import ?? conditions.default);
}

function indexOf(folder: string): readonly string[] | null {
  const found = ["index.ts", "index.mts", "index.js", "index.mjs"]
    .map((name) => join(folder, name))
    .find((file) => kindOf(file) === "file");
  return found === undefined ? null : [found];
}

function codeFiles(folder: string): readonly string[] | null {
  if (kindOf(folder) !== "folder") return null;
  const files = readdirSync(folder)
    .filter((name) => CODE_FILE.test(name) && !NOT_AN_ENTRY.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => join(folder, name));
  return files.length === 0 ? null : files;
}
