import type { FunctionSource } from "../../replay/functions/definition.ts";

/** The functions of a process that lacks some of them. */
export function lacking(source: FunctionSource, lacks: (name: string) => boolean): FunctionSource {
  const { orchestrators, activities } = source.names;
  const isThere = (name: string) => !lacks(name.toLowerCase());
  return {
    names: { orchestrators: orchestrators.filter(isThere), activities: activities.filter(isThere) },
    orchestrator: (name) => (isThere(name) ? source.orchestrator(name) : null),
    activity: (name) => (isThere(name) ? source.activity(name) : null),
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
