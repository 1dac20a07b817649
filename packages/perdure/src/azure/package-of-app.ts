import { createRequire } from "node:module";
import { join } from "node:path";
import { isRecord } from "../model/options.ts";

/** An optional package: that of the app's folder, else the one beside Perdure; null: there is none. Throws what its code throws. */
export function packageOf(folder: string, name: string): { readonly [name: string]: unknown } | null {
  for (const place of [join(folder, "package.json"), import.meta.url]) {
    try {
      const loaded: unknown = createRequire(place)(name);
      return isRecord(loaded) ? loaded : {};
    } catch (error) {
      if (!isAbsent(error, name)) throw error;
    }
  }
  return null;
}

const isAbsent = (error: unknown, name: string): boolean =>
  error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND" && error.message.includes(`'${name}'`);
