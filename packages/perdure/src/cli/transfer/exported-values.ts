import { closeSync, createReadStream, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fault } from "../../errors/perdure-error.ts";
import { jsonProblem } from "../../model/json-scan.ts";
import { errorText } from "../../telemetry/value-text.ts";

/** Of the command that reads: what cannot be read there. */
export type InvalidExport = "IMPORT_INVALID" | "EXPORT_INVALID";

const EXPORT_NAME = /\.jsonl?$/;

export interface ExportedValue {
  readonly file: string;
  readonly value: unknown;
}

/** The JSON at this path: of one file, or of all `*.json` and `*.jsonl` files of a folder. Folders inside are not looked at. */
export async function* exportedValues(path: string, invalid: InvalidExport): AsyncGenerator<ExportedValue> {
  for (const file of filesAt(path, invalid)) for await (const value of valuesIn(file, invalid)) yield { file, value };
}

/** True for a folder, and for a file that begins as JSON does: no store does. Of one that is not there its name tells. */
export function isExport(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return EXPORT_NAME.test(path);
  if (found.isDirectory()) return true;
  const file = openSync(path, "r");
  try {
    const first = Buffer.alloc(1);
    readSync(file, first, 0, 1, 0);
    return first.toString("latin1") === "{" || first.toString("latin1") === "[";
  } finally {
    closeSync(file);
  }
}

function filesAt(path: string, invalid: InvalidExport): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw fault(invalid, path, "there is nothing");
  if (!found.isDirectory()) return [path];
  const files = readdirSync(path).filter((file) => EXPORT_NAME.test(file));
  if (files.length === 0) throw fault(invalid, path, "it has no *.json and no *.jsonl file");
  return files.sort().map((file) => join(path, file));
}

/**
 * A value a line, read one by one, so that a file may be larger than the memory; or, where the first line is not JSON, one in all. Whatever the name of the file
 * is: an export writes lines to any.
 */
async function* valuesIn(file: string, invalid: InvalidExport): AsyncGenerator<unknown> {
  let isFirst = true;
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === "") continue;
    if (isFirst && jsonProblem(line, Number.POSITIVE_INFINITY) !== null) {
      yield* listed(parsed(readFileSync(file, "utf8"), file, invalid));
      return;
    }
    isFirst = false;
    yield* listed(parsed(line, file, invalid));
  }
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function parsed(text: string, file: string, invalid: InvalidExport): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault(invalid, file, errorText(error));
  }
}
