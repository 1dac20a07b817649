import { join } from "node:path";
import { fault } from "../../errors/perdure-error.ts";
import type { HostKey, HostKeyName, HostValue } from "./host-keys.ts";
import { HOST_KEYS } from "./host-keys.ts";
import { unknownKey } from "./local-settings.ts";
import type { Leaf } from "./settings-file.ts";
import { leavesOf, readSettingsFile } from "./settings-file.ts";
import { substituted } from "./substitute.ts";

const FILE = "host.json";
/** `AzureFunctionsJobHost__extensions__durableTask__hubName` in the environment wins over host.json. */
const PREFIX = /^AzureFunctionsJobHost(?:__|:)/i;

/** One setting that was given, for `perdure check`. */
export interface GivenSetting {
  readonly source: string;
  /** As in {@link HOST_KEYS}, or as given when it is unknown. */
  readonly key: string;
  readonly text: string;
  /** What it does; of one that has no effect: why not. */
  readonly effect: string;
  readonly use: "used" | "ignored" | "unknown";
}

export interface HostSettings {
  readonly given: readonly GivenSetting[];
  readonly warnings: readonly string[];
  /** The value of a key; null: it was not given, and its default holds. */
  get<Name extends HostKeyName>(name: Name): HostValue<Name> | null;
  /** Below a name that ends with `.*`: what was given, by the rest of its path. */
  below<Name extends HostKeyName>(name: Name): ReadonlyMap<string, HostValue<Name>>;
}

/** `variables`: the environment with the Values of local.settings.json, by which `%X%` is replaced. */
export function readHostSettings(folder: string, variables: { readonly [name: string]: string | undefined }): HostSettings {
  const file = readSettingsFile(join(folder, FILE)) ?? {};
  const leaves = new Map<string, Leaf & { readonly source: string }>();
  for (const leaf of leavesOf(file)) leaves.set(keyOf(leaf), { ...leaf, source: FILE });
  for (const [name, text] of Object.entries(variables)) {
    if (!PREFIX.test(name) || text === undefined) continue;
    const leaf = { path: name.replace(PREFIX, "").split(/__|:/), text };
    leaves.set(keyOf(leaf), { ...leaf, source: `environment ${name}` });
  }
  const values = new Map<string, Map<string, unknown>>();
  const given: GivenSetting[] = [];
  const warnings: string[] = [];
  for (const { path, text: raw, source } of leaves.values()) {
    const found = find(path);
    if (found === null) {
      const key = path.join(".");
      warnings.push(unknownKey(source, key, SIMPLE_NAMES));
      given.push({ source, key, text: raw, effect: "unknown", use: "unknown" });
      continue;
    }
    const { name, key, rest } = found;
    const text = key.ignored ? raw : substituted(raw, variables, { source, setting: name });
    const value = key.parse(text);
    if (value === null) throw fault("SETTING_INVALID", source, shownKey(name, rest), text, key.expected);
    const byRest = values.get(name) ?? new Map<string, unknown>();
    byRest.set(rest, value);
    values.set(name, byRest);
    given.push({ source, key: shownKey(name, rest), text, effect: key.effect, use: key.ignored ? "ignored" : "used" });
  }
  return {
    given,
    warnings,
    // Safe: each value came from the parser of its own key.
    get: <Name extends HostKeyName>(name: Name) => (values.get(name)?.get("") ?? null) as HostValue<Name> | null,
    below: <Name extends HostKeyName>(name: Name) => (values.get(name) ?? new Map()) as ReadonlyMap<string, HostValue<Name>>,
  };
}

const keyOf = ({ path }: Pick<Leaf, "path">): string => path.join(".").toLowerCase();
const shownKey = (name: string, rest: string): string => (name.endsWith(".*") ? name.slice(0, -1) + rest : name);

/** The longest names first: `logging.logLevel.*` before `logging.*`. */
const NAMES = (Object.keys(HOST_KEYS) as HostKeyName[]).sort((a, b) => b.length - a.length);
const SIMPLE_NAMES = NAMES.map((name) => name.replace(/\.\*$/, ""));

interface Found {
  readonly name: HostKeyName;
  readonly key: HostKey<unknown>;
  /** Of a name that ends with `.*`, in the letters as given. */
  readonly rest: string;
}

function find(path: readonly string[]): Found | null {
  const given = path.join(".");
  for (const name of NAMES) {
    const key: HostKey<unknown> = HOST_KEYS[name];
    const lower = name.toLowerCase();
    if (!lower.endsWith(".*")) {
      if (given.toLowerCase() === lower) return { name, key, rest: "" };
    } else if (given.toLowerCase().startsWith(lower.slice(0, -1))) return { name, key, rest: given.slice(lower.length - 1) };
  }
  return null;
}
