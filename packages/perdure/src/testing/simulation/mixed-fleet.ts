import { byKind } from "../../model/function-kind.ts";
import { functionKey } from "../../model/function-name.ts";
import type { FunctionSource } from "../../replay/functions/definition.ts";

/** The functions of a process that lacks some of them. */
export function lacking(source: FunctionSource, lacks: (name: string) => boolean): FunctionSource {
  const isThere = (name: string) => !lacks(functionKey(name));
  return {
    names: byKind((kind) => source.names[kind].filter(isThere)),
    find: (kind, name) => (isThere(name) ? source.find(kind, name) : null),
    orchestratorFor: (name, version) => (isThere(name) ? source.orchestratorFor(name, version) : null),
    versionOf: (name) => source.versionOf(name),
    takenVersions: source.takenVersions,
  };
}

/** By its name: each function is lacking in one process of `nodes`, or in none. */
export const lacksByName =
  (nodes: number, salt: number) =>
  (node: number, name: string): boolean => {
    let hash = salt;
    for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) >>> 0;
    return hash % (nodes + 1) === node;
  };
