import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { dependenciesIn, manifestIn } from "../app-threads/manifest-file.ts";
import { fault, faultFrom } from "../errors/perdure-error.ts";
import { isRecord } from "../model/options.ts";
import { errorText } from "../telemetry/value-text.ts";

/** What package.json says of an Azure app. */
export interface AzureManifest {
  readonly folder: string;
  /** A glob below the folder; null: there is none. */
  readonly main: string | null;
  readonly isModule: boolean;
  readonly hasBuild: boolean;
}

/** An Azure app is a folder with host.json: nothing else has one. */
export function isAzureApp(folder: string): boolean {
  return statSync(join(folder, "host.json"), { throwIfNoEntry: false })?.isFile() === true;
}

const LIBRARIES: readonly string[] = ["@azure/functions", "durable-functions"];
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["'](?:@azure\/functions|durable-functions)["']/;
const OWN = /["']perdure(?:\/[\w-]+)?["']/;

/** Throws HOST_JSON_MISSING for what was taken for a native app, and is an Azure app without its host.json, or a part of one. `files`: what would be loaded. */
export function refuseAzureCode(path: string, files: readonly string[]): void {
  const sign = azureSign(path, files);
  if (sign !== null) throw fault("HOST_JSON_MISSING", path, sign, azureFolderAbove(path));
}

/** The file that shows it; null: nothing does. */
function azureSign(path: string, files: readonly string[]): string | null {
  const manifest = join(path, "package.json");
  if (files.length === 0) return dependenciesIn(manifest).some((name) => LIBRARIES.includes(name)) ? manifest : null;
  const texts = files.map((file) => readFileSync(file, "utf8"));
  if (texts.some((text) => OWN.test(text))) return null;
  return files[texts.findIndex((text) => IMPORT.test(text))] ?? null;
}

/** The nearest folder above with an Azure app; null: none has one. */
function azureFolderAbove(path: string): string | null {
  const folder = dirname(path);
  return isAzureApp(folder) ? folder : folder === path ? null : azureFolderAbove(folder);
}

/** Folders with a function.json each: how functions are written for the model before this one. */
const functionFiles = (folder: string): readonly string[] => globSync("*/function.json", { cwd: folder, exclude: ["node_modules"] }).sort();

/** Throws APP_IMPORT_FAILED, and APP_UNSUPPORTED for an app of the v3 model. */
export function readManifest(folder: string): AzureManifest {
  const file = join(folder, "package.json");
  const old = functionFiles(folder);
  const { main, type, scripts } = old.length === 0 || existsSync(file) ? parsed(file) : {};
  if (old.length > 0 && (typeof main !== "string" || main === "")) throw fault("APP_UNSUPPORTED", folder, [oldModel(old)]);
  const build = isRecord(scripts) ? scripts.build : undefined;
  return {
    folder,
    main: typeof main === "string" && main !== "" ? main : null,
    isModule: type === "module",
    hasBuild: typeof build === "string" && build !== "",
  };
}

const oldModel = ([first = "", ...others]: readonly string[]): string =>
  `It is written in the v3 model (${first}${others.length === 0 ? "" : ` and ${others.length} more`}). Perdure runs the v4 model, whose functions are registered in code, in the files that "main" of package.json names. Move the functions to that model first.`;

const NO_MANIFEST =
  'Write one there, whose "main" names the files that register functions, such as "src/functions/*.js"; or give the folder that has both files.';

function parsed(file: string): { readonly [key: string]: unknown } {
  if (!existsSync(file)) throw fault("APP_IMPORT_FAILED", file, "there is a host.json, and it is not beside it", NO_MANIFEST);
  try {
    const manifest = manifestIn(file);
    if (isRecord(manifest)) return manifest;
  } catch (error) {
    throw faultFrom(error, "APP_IMPORT_FAILED", file, errorText(error));
  }
  throw faultFrom(undefined, "APP_IMPORT_FAILED", file, "it does not hold an object");
}
