import { existsSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** What a build would have made of it, and what the source is called. */
const SOURCES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, [".ts", ".tsx"]],
  [/\.mjs$/, [".mts"]],
  [/\.cjs$/, [".cts"]],
  [/\.jsx$/, [".tsx"]],
  [/(?=$)/, [".ts", ".mts", ".cts", ".js", ".mjs", "/index.ts", "/index.js"]],
];

/** What to do about a module that was not found while another one of nearly that name is there; undefined when there is nothing to say. */
export function importAdvice(error: unknown): string | undefined {
  const missing = missingFile(error);
  if (missing === null) return undefined;
  for (const [ending, endings] of SOURCES) {
    if (!ending.test(missing)) continue;
    const source = endings.map((to) => missing.replace(ending, to)).find((path) => existsSync(path));
    if (source === undefined) continue;
    const [wrong, right] = [basename(missing), source.slice(missing.length - basename(missing).length)];
    return (
      `There is "${right}": Node runs TypeScript as it is, and an import must name the file that is there. Write "${right}" in place of "${wrong}" ` +
      `(with "rewriteRelativeImportExtensions" in tsconfig.json if you also build), or build the app and start its output: perdure start ./dist.`
    );
  }
  return undefined;
}

/** The path that an import named, when there is no such file. */
function missingFile(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || !("url" in error) || typeof error.url !== "string") return null;
  const isMissing = error.code === "ERR_MODULE_NOT_FOUND" || error.code === "ERR_UNSUPPORTED_DIR_IMPORT";
  return isMissing && error.url.startsWith("file:") ? fileURLToPath(error.url) : null;
}
