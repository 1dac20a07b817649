import { fault } from "../errors/perdure-error.ts";
import { functionKey } from "../model/function-name.ts";
import type { VersionMatch, VersionRange } from "../model/versions.ts";
import { compareVersions, rangeOf } from "../model/versions.ts";
import type { OrchestratorDefinition } from "../replay/functions/definition.ts";

/** What the hub says about versions of orchestrators. */
export interface VersionPolicy {
  /** Of orchestrators whose definition has none. */
  readonly defaultVersion: string | null;
  readonly match: VersionMatch;
}

export const NO_VERSIONS: VersionPolicy = { defaultVersion: null, match: "None" };

/** The orchestrators of an app. One name may have several definitions, each of another version. */
export class OrchestratorTable {
  /** Each once, as it was registered first. */
  readonly #names: string[] = [];
  readonly #policy: VersionPolicy;
  /** By name as written and by key; the newest version first. */
  readonly #byName = new Map<string, OrchestratorDefinition[]>();

  constructor(policy: VersionPolicy) {
    this.#policy = policy;
  }

  add(definition: OrchestratorDefinition): void {
    const version = definition.version ?? this.#policy.defaultVersion;
    const key = functionKey(definition.name);
    const others = this.#byName.get(key) ?? [];
    const same = others.find((other) => other.name !== definition.name || compareVersions(other.version, version) === 0);
    if (same !== undefined) throw fault("FUNCTION_NAME_DUPLICATE", definition.name, same.name, version);
    if (others.length === 0) this.#names.push(definition.name);
    others.push(version === definition.version ? definition : { ...definition, version });
    others.sort((a, b) => compareVersions(b.version, a.version));
    this.#byName.set(definition.name, others);
    this.#byName.set(key, others);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  get all(): readonly OrchestratorDefinition[] {
    return this.#names.flatMap((name) => this.#of(name));
  }

  /** The newest. */
  find(name: string): OrchestratorDefinition | null {
    return this.#of(name)[0] ?? null;
  }

  /** What a start records that names no version. */
  versionOf(name: string): string | null {
    return (this.find(name) ?? { version: this.#policy.defaultVersion }).version;
  }

  /**
   * What runs instances of that version: the definition of exactly that version, else the nearest newer one that takes it, else, where any version is
   * taken, the newest.
   */
  forVersion(name: string, version: string | null): OrchestratorDefinition | null {
    const all = this.#of(name);
    const exact = all.find((one) => one.version === version);
    if (exact !== undefined) return exact;
    const { match } = this.#policy;
    if (match === "Strict") return null;
    const newer = all.findLast((one) => compareVersions(version, one.version) <= 0);
    return newer ?? (match === "None" ? (all[0] ?? null) : null);
  }

  /** Undefined: any of all names. */
  get taken(): { readonly [name: string]: readonly VersionRange[] } | undefined {
    const { match } = this.#policy;
    if (match === "None") return undefined;
    return Object.fromEntries(this.#names.map((name) => [name, this.#of(name).map(({ version }) => rangeOf(version, match))]));
  }

  #of(name: string): readonly OrchestratorDefinition[] {
    return this.#byName.get(name) ?? this.#byName.get(functionKey(name)) ?? NONE;
  }
}

const NONE: readonly OrchestratorDefinition[] = [];
