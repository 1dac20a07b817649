import { statSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { isTypeScript, sourceNames } from "../../../app-threads/source-names.ts";
import type { PathRule, TsConfig } from "./ts-config.ts";

/** Finds the files that imports of TypeScript sources mean, where Node would not: without an ending, with that of the output, by the paths of tsconfig.json. */
export class SourcePaths {
  readonly #config: Pick<TsConfig, "baseUrl" | "paths">;

  constructor(config: Pick<TsConfig, "baseUrl" | "paths">) {
    this.#config = config;
  }

  /** Null: it is for Node to find. */
  find(specifier: string, importer: string): string | null {
    if (specifier.startsWith("node:")) return null;
    if (/^\.{1,2}(?:\/|$)/.test(specifier)) return fileOf(resolve(dirname(importer), specifier));
    if (isAbsolute(specifier)) return fileOf(specifier);
    const rule = this.#config.paths.find((one) => matches(one, specifier));
    const mapped = rule === undefined ? [] : rule.targets.map((target) => target.replace("*", () => middle(rule, specifier)));
    const below = this.#config.baseUrl === null ? [] : [resolve(this.#config.baseUrl, specifier)];
    return [...mapped, ...below].map(fileOf).find((path) => path !== null) ?? null;
  }
}

const matches = ({ before, after }: PathRule, name: string): boolean =>
  after === null ? name === before : name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);

const middle = ({ before, after }: PathRule, name: string): string => name.slice(before.length, name.length - (after?.length ?? 0));

/** TypeScript looks for sources first: a file of the same name with the ending of the output would be an old one. */
function fileOf(path: string): string | null {
  const source = sourceNames(path).filter(isTypeScript);
  return [...source, path, ...sourceNames(path)].find(isFile) ?? null;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
