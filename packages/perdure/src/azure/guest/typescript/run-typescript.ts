import { readFileSync } from "node:fs";
import { findPackageJSON, registerHooks, setSourceMapsSupport } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { manifestIn } from "../../../app-threads/manifest-file.ts";
import { isTypeScript } from "../../../app-threads/source-names.ts";
import { isRecord } from "../../../model/options.ts";
import type { ModuleFormat } from "./compiler.ts";
import { Compiler } from "./compiler.ts";
import { SourcePaths } from "./source-paths.ts";
import { readTsConfig } from "./ts-config.ts";

/** How the TypeScript sources of an app are run in this thread. */
export interface TypeScriptRun {
  /** For people. */
  readonly note: string;
  /** Null: Node itself takes the types out. */
  readonly compiler: Compiler | null;
}

/** What lies in `node_modules` is run as it is published. */
const isSource = (path: string): boolean => isTypeScript(path) && !/[\\/]node_modules[\\/]/.test(path) && !isOwn(path);

/** Perdure itself runs from its sources in its repository. */
const OWN = import.meta.url.endsWith(".ts") ? fileURLToPath(new URL("../../..", import.meta.url)) : null;
const isOwn = (path: string): boolean => OWN !== null && path.startsWith(OWN);

/**
 * From now on sources import each other as TypeScript has them do, and are compiled if there is a compiler: what it makes of a file is what tsc would, CommonJS
 * unless the package is a module, and errors name lines of the source. Holds for this thread only. Throws SETTINGS_UNREADABLE.
 */
export function runTypeScript(folder: string): TypeScriptRun {
  const config = readTsConfig(folder);
  const paths = new SourcePaths(config);
  const compiler = Compiler.of(folder, config);
  registerHooks({
    resolve: (specifier, context, next) => {
      const importer = sourceOf(context.parentURL);
      const found = importer === null ? null : paths.find(specifier, importer);
      if (found === null) return next(specifier, context);
      return next(context.conditions.includes("require") ? found : pathToFileURL(found).href, context);
    },
    load: (url, context, next) => {
      const path = compiler === null ? null : sourceOf(url);
      if (path === null || compiler === null) return next(url, context);
      const format = formatOf(path);
      const source = compiler.compile({ path, text: readFileSync(path, "utf8"), format });
      return { format, source, shortCircuit: true };
    },
  });
  if (compiler === null) return { compiler, note: "TypeScript is run by Node, which takes types out and compiles nothing." };
  setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
  return { compiler, note: `TypeScript is compiled by ${compiler.name}.` };
}

/** The source at a URL; null: it is none of the app's. */
function sourceOf(url: string | undefined): string | null {
  if (url?.startsWith("file:") !== true) return null;
  const path = fileURLToPath(url);
  return isSource(path) ? path : null;
}

/** As Node has it, and tsc by its default for Node. */
export function formatOf(path: string): ModuleFormat {
  if (/\.mtsx?$/.test(path)) return "module";
  if (/\.ctsx?$/.test(path)) return "commonjs";
  const folder = dirname(path);
  const known = formats.get(folder);
  if (known !== undefined) return known;
  const manifest = findPackageJSON(pathToFileURL(path)) ?? ""; // the path itself, where there is none
  const format = basename(manifest) === "package.json" && typeIn(manifest) === "module" ? "module" : "commonjs";
  formats.set(folder, format);
  return format;
}

const formats = new Map<string, ModuleFormat>();

function typeIn(manifest: string): unknown {
  const read = manifestIn(manifest);
  return isRecord(read) ? read.type : undefined;
}
