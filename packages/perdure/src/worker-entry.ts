import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fault } from "./errors/perdure-error.ts";

/**
 * The URL of a worker-thread entry beside the calling module: `workerEntry(import.meta.url, "./writer")`.
 *
 * Sources run as `.ts` and the published package as `.js`, and a worker's entry is a URL, which no compiler rewrites: so the entry
 * takes the extension of the module that asks. In a bundle that is the extension of the bundle, in whose folder the threads lie too; a CommonJS one
 * has no `import.meta.url`, but a file name.
 *
 * Throws THREAD_FILE_MISSING for a bundle that was made without them: a thread that fails on it later would look like a store that is away.
 */
export function workerEntry(from: string | undefined, entry: string): URL {
  const module = from === undefined ? (typeof __filename === "string" ? pathToFileURL(__filename) : null) : new URL(from);
  if (module === null) throw fault("THREAD_FILE_MISSING", entry);
  const own = /\.[cm]?[jt]s$/.exec(module.pathname)?.[0] ?? ".js";
  const candidates = [own, ".js"].map((extension) => new URL(`${entry}${extension}`, module));
  const found = candidates.find((url) => url.protocol === "file:" && existsSync(url));
  if (found === undefined) throw fault("THREAD_FILE_MISSING", fileURLToPath(new URL(`${entry}${own}`, module)));
  return found;
}

/**
 * A thread inherits the options of its process, which Node refuses where the program came by `--input-type=module -e …` or from standard input. There it gets
 * those that say how modules are found.
 */
export function threadOptions(given: readonly string[] = process.execArgv): { readonly execArgv?: string[] } {
  if (!given.some((option) => option.startsWith("--input-type"))) return {};
  const execArgv: string[] = [];
  for (const [index, option] of given.entries()) {
    if (/^(--conditions|--import|--require)=/.test(option)) execArgv.push(option);
    else if (/^(-C|--conditions|--import|-r|--require)$/.test(option)) execArgv.push(option, given[index + 1] ?? "");
  }
  return { execArgv };
}
