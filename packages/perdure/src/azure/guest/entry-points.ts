import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { importAdvice, importReason } from "../../app-threads/import-advice.ts";
import { importing } from "../../app-threads/pending-import.ts";
import { fault, faultFrom } from "../../errors/perdure-error.ts";
import type { AzureManifest } from "../recognise.ts";
import type { TypeScriptRun } from "./typescript/run-typescript.ts";

/** The files that `main` of package.json names, a glob, in the order of their paths. */
export function entryPoints({ folder, main }: AzureManifest): readonly string[] {
  if (main === null) return [];
  return globSync(main, { cwd: folder, exclude: ["**/node_modules/**"] })
    .filter((path) => CODE.test(path))
    .sort()
    .map((path) => resolve(folder, path));
}

/** The first folder of a glob: `dist` of `dist/src/functions/*.js`. */
export function outputFolder(main: string): string | null {
  const [first = "", ...rest] = main.replace(/^\.\//, "").split("/");
  return rest.length === 0 || /[*?{[]/.test(first) || first === "src" ? null : first;
}

const CODE = /\.[cm]?[jt]s$/;

/** One after another, as Azure's worker: what is CommonJS is required, so that it finds itself in the cache when others require it. */
export async function loadEntryPoints(files: readonly string[], isModule: boolean, typescript: TypeScriptRun | null): Promise<void> {
  const load = createRequire(import.meta.url);
  for (const file of files) {
    try {
      if (isImported(file, isModule)) await importing(file, () => import(pathToFileURL(file).href));
      else load(file);
    } catch (error) {
      const reason = importReason(error);
      if (typescript?.compiler === null && isForCompiler(error)) throw faultFrom(error, "COMPILER_MISSING", file, reason);
      throw faultFrom(error, "APP_IMPORT_FAILED", file, reason, importAdvice(error));
    }
  }
}

/** What Node says of sources that a compiler would have made sense of: syntax of its own, imports of types, modules that are to be CommonJS. */
function isForCompiler(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" || code === "ERR_UNKNOWN_FILE_EXTENSION") return true;
  if (error instanceof SyntaxError) return code !== "ERR_INVALID_TYPESCRIPT_SYNTAX";
  return error instanceof ReferenceError && error.message.includes("ES module scope");
}

function isImported(file: string, isModule: boolean): boolean {
  const ending = extname(file);
  if (ending === ".mjs" || ending === ".mts") return true;
  return isModule && ending !== ".cjs" && ending !== ".cts";
}

/** Why there is nothing to load. `wasBuilt`: by `npm run build`, without an error. */
export function noEntryPoints({ folder, main, hasBuild }: AzureManifest, wasBuilt: boolean): Error {
  const file = join(folder, "package.json");
  if (main === null) return fault("APP_IMPORT_FAILED", file, 'it has no "main", which names the entry files of an Azure app');
  const nothing = `no file is found by "main": ${JSON.stringify(main)}`;
  if (wasBuilt) return fault("APP_IMPORT_FAILED", file, `${nothing}, although "npm run build" has just run without an error`);
  const script = hasBuild || outputFolder(main) === null ? "" : ', and there is no script "build" that would make one';
  return fault("APP_IMPORT_FAILED", file, `${nothing}${script}`);
}
