import { readFileSync } from "node:fs";
import { faultFrom } from "../../errors/perdure-error.ts";
import { isRecord } from "../../model/options.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { parseJsonWithComments } from "./json-with-comments.ts";

export type JsonObject = { readonly [key: string]: unknown };

/** The object in a settings file; null: there is no such file. Throws SETTINGS_UNREADABLE. */
export function readSettingsFile(file: string): JsonObject | null {
  const text = readIfThere(file);
  if (text === null) return null;
  try {
    const value = parseJsonWithComments(text);
    if (isRecord(value)) return value;
  } catch (error) {
    throw faultFrom(error, "SETTINGS_UNREADABLE", file, `it is not valid JSON (${errorText(error)})`);
  }
  throw faultFrom(undefined, "SETTINGS_UNREADABLE", file, "it does not hold an object");
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw faultFrom(error, "SETTINGS_UNREADABLE", file, errorText(error));
  }
}

/** One value of a settings file with the keys above it. An empty object is none. */
export interface Leaf {
  readonly path: readonly string[];
  readonly text: string;
}

/** All values below, in order. A list is one value, as its JSON. `null` is as if the key were absent, as in .NET. */
export function leavesOf(value: unknown, path: readonly string[] = []): readonly Leaf[] {
  if (value === null || value === undefined) return [];
  if (isRecord(value)) return Object.entries(value).flatMap(([key, below]) => leavesOf(below, [...path, key]));
  return [{ path, text: typeof value === "string" ? value : JSON.stringify(value) }];
}
