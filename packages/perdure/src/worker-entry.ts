/**
 * The URL of a worker-thread entry beside the calling module: `workerEntry(import.meta.url, "./writer")`.
 *
 * Sources run as `.ts` and the published package as `.js`, and a worker's entry is a URL, which no compiler rewrites: so the entry
 * takes the extension of the module that asks.
 */
export function workerEntry(from: string, entry: string): URL {
  const extension = new URL(from).pathname.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`${entry}${extension}`, from);
}
