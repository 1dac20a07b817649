import { functionKey } from "../../model/function-name.ts";
import type { VersionRange, VersionRanges } from "../../model/versions.ts";
import { takesVersion, versionText } from "../../model/versions.ts";
import type { FunctionSource } from "../../replay/functions/definition.ts";
import type { Store } from "../../store/contract.ts";
import { Random } from "../random.ts";
import { interceptStore } from "../store-proxy.ts";
import type { OnProblem } from "./watch-offer.ts";

const VERSIONS_STREAM = 83;

/** The code of process 0, and that of all others: a deploy that has stopped half way. */
const OLD = "1.9";
const NEW = "1.10";
const STARTED: readonly (string | null)[] = [null, "1.2", OLD, NEW];

/** Old and new code side by side, which take their version and older ones. */
export interface SimVersions {
  /** What is recorded with new instances of that name. */
  readonly versionOf: (name: string) => string | null;
  readonly functions: (source: FunctionSource, node: number) => FunctionSource;
  /** No worker asks for instances that its code does not take. */
  readonly watch: (store: Store, node: number, onProblem: OnProblem) => Store;
}

/** Of chances of its own: in some seeds. */
export function simVersions(seed: number): SimVersions | null {
  const random = new Random(seed, VERSIONS_STREAM);
  if (!random.chance(0.3)) return null;
  const salt = random.int(1_000_000);
  const versionOf = (name: string): string | null => {
    let hash = salt;
    for (const unit of functionKey(name)) hash = (Math.imul(hash, 31) + unit.charCodeAt(0)) >>> 0;
    return STARTED[hash % STARTED.length] ?? null;
  };
  const rangeOf = (node: number): VersionRange => ({ upTo: node === 0 ? OLD : NEW });
  return {
    versionOf,
    functions: (source, node) => ({
      names: source.names,
      find: (kind, name) => source.find(kind, name),
      orchestratorFor: (name, version) => source.orchestratorFor(name, version),
      versionOf,
      takenVersions: Object.fromEntries(source.names.orchestrator.map((name) => [name, [rangeOf(node)]])),
    }),
    watch: (store, node, onProblem) => ({
      ...interceptStore(store, (_, call) => call()),
      commit: (batch) => {
        for (const key of batch.claim?.keys ?? []) {
          const own: VersionRanges = new Map([[key, [rangeOf(node)]]]);
          const asked = batch.claim?.versions?.get(key);
          const foreign = asked?.find((version) => !takesVersion(own, key, version));
          if (foreign !== undefined) onProblem(`versions: process ${node} claims "${key}" with ${versionText(foreign)}`);
        }
        if (batch.claim !== null && batch.claim.versions === undefined) onProblem(`versions: process ${node} claims any version`);
        return store.commit(batch);
      },
    }),
  };
}
