import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fault } from "../../../errors/perdure-error.ts";
import { isRecord } from "../../../model/options.ts";
import { readSettingsFile } from "../../settings/settings-file.ts";

/** What counts of an app's tsconfig.json when its sources are run. */
export interface TsConfig {
  readonly compilerOptions: { readonly [name: string]: unknown };
  /** Where names that are no paths are looked for first; null: nowhere. */
  readonly baseUrl: string | null;
  /** In the order in which they are tried. */
  readonly paths: readonly PathRule[];
}

/** `"@app/*": ["src/*"]` */
export interface PathRule {
  readonly before: string;
  /** Null: the whole name is `before`. */
  readonly after: string | null;
  /** Absolute, with the same asterisk. */
  readonly targets: readonly string[];
}

/** Without tsconfig.json all is as by default. Throws SETTINGS_UNREADABLE. */
export function readTsConfig(folder: string): TsConfig {
  const file = join(folder, "tsconfig.json");
  const options = existsSync(file) ? optionsOf(file, []) : {};
  const { [BASE]: baseUrl = null, [PATHS_FROM]: pathsFrom = folder } = options;
  const rules = isRecord(options.paths) ? Object.entries(options.paths) : [];
  const from = (path: string) => resolve(baseUrl ?? pathsFrom, path.replace(CONFIG_FOLDER, folder));
  const paths = rules.map(([name, targets]): PathRule => {
    const [before = "", after = null] = name.split("*");
    return { before, after, targets: Array.isArray(targets) ? targets.map((target) => from(String(target))) : [] };
  });
  return { compilerOptions: options, baseUrl, paths: paths.sort(byPreference) };
}

/** A whole name before patterns, and of these the longest. */
const byPreference = (a: PathRule, b: PathRule): number =>
  Number(a.after !== null) - Number(b.after !== null) || b.before.length - a.before.length;

/** `${configDir}`: the folder of the file that others extend. */
const CONFIG_FOLDER = `\${configDir}`;

/** Where these two count from is the file that has them. */
const BASE = Symbol("baseUrl");
const PATHS_FROM = Symbol("paths");

interface Options {
  readonly [name: string]: unknown;
  readonly [BASE]?: string;
  readonly [PATHS_FROM]?: string;
}

/** With those that it extends, which its own override. */
function optionsOf(file: string, above: readonly string[]): Options {
  if (above.includes(file)) throw unreadable(above[0] ?? file, `${file} extends itself`);
  const { compilerOptions, extends: bases = [] } = readSettingsFile(file) ?? {};
  const own = isRecord(compilerOptions) ? compilerOptions : {};
  const inherited = [bases].flat().map((base) => optionsOf(extended(file, String(base)), [...above, file]));
  const all: Options = Object.assign({}, ...inherited, own);
  return {
    ...all,
    ...(typeof own.baseUrl === "string" ? { [BASE]: resolve(dirname(file), own.baseUrl) } : {}),
    ...(own.paths === undefined ? {} : { [PATHS_FROM]: dirname(file) }),
  };
}

function extended(file: string, base: string): string {
  if (/^\.{1,2}(?:[\\/]|$)/.test(base) || isAbsolute(base)) {
    const path = resolve(dirname(file), base);
    const found = [path, `${path}.json`].find((one) => one.endsWith(".json") && existsSync(one));
    if (found === undefined) throw unreadable(file, `it extends "${base}", and there is no such file`);
    return found;
  }
  const { resolve: find } = createRequire(file);
  for (const name of [base.endsWith(".json") ? base : `${base}/tsconfig.json`, `${base}.json`, base]) {
    try {
      return find(name);
    } catch {
      // The next name.
    }
  }
  throw unreadable(file, `it extends "${base}", and there is no such package in its folder`);
}

const unreadable = (file: string, why: string): Error => fault("SETTINGS_UNREADABLE", file, why);
