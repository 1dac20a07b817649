import { KINDS } from "../model/function-kind.ts";
import { nodeCrypto } from "../process/node-crypto.ts";
import type { RegisteredFunction } from "./registry.ts";
import { FunctionRegistry } from "./registry.ts";

/**
 * By which the code of a worker is told from other code of the same names: a hash over the source text of its functions, and over `sources` where those
 * are known. It sees nothing of what functions import or close over.
 */
export function codeVersionOf(registry: FunctionRegistry, sources: Iterable<string> = []): string {
  const hash = nodeCrypto().createHash("sha256");
  for (const kind of KINDS) {
    const sources = registry.all(kind).map((one) => `${kind}\0${one.name}\0${"source" in one ? one.source() : one.run}\0`);
    for (const source of sources.sort()) hash.update(source);
  }
  for (const { name, source } of registry.schedules) hash.update(`schedule\0${name}\0${source}\0`);
  for (const source of sources) hash.update(`${source}\0`);
  return hash.digest("hex").slice(0, 16);
}

export const codeVersionOfApp = (functions: readonly RegisteredFunction[], sources: Iterable<string>): string =>
  codeVersionOf(new FunctionRegistry(functions), sources);
