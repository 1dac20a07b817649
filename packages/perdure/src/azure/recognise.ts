import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { faultFrom } from "../errors/perdure-error.ts";
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

/** Throws APP_IMPORT_FAILED. */
export function readManifest(folder: string): AzureManifest {
  const file = join(folder, "package.json");
  const { main, type, scripts } = parsed(file);
  const build = isRecord(scripts) ? scripts.build : undefined;
  return {
    folder,
    main: typeof main === "string" && main !== "" ? main : null,
    isModule: type === "module",
    hasBuild: typeof build === "string" && build !== "",
  };
}

function parsed(file: string): { readonly [key: string]: unknown } {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    if (isRecord(manifest)) return manifest;
  } catch (error) {
    throw faultFrom(error, "APP_IMPORT_FAILED", file, errorText(error));
  }
  throw faultFrom(undefined, "APP_IMPORT_FAILED", file, "it does not hold an object");
}
