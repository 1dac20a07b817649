import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fault } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { Carried, CarriedAudit } from "./carried.ts";
import { isAudit } from "./carried.ts";
import { parseCarried } from "./parse-carried.ts";

/** What an export at this path holds: one file, or all `*.json` and `*.jsonl` files of a folder. Lines are read one by one, so it may be larger than the memory. */
export async function* exportedAt(path: string): AsyncGenerator<Carried | CarriedAudit> {
  for (const file of filesAt(path)) {
    for await (const value of file.endsWith(".jsonl") ? lines(file) : document(file)) yield parseCarried(value, file);
  }
}

function filesAt(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw fault("IMPORT_INVALID", path, "there is nothing");
  if (!found.isDirectory()) return [path];
  const files = readdirSync(path).filter((file) => /\.jsonl?$/.test(file));
  if (files.length === 0) throw fault("IMPORT_INVALID", path, "it has no *.json and no *.jsonl file");
  return files.sort().map((file) => join(path, file));
}

async function* lines(file: string): AsyncGenerator<unknown> {
  const input = createReadStream(file, "utf8");
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== "") yield parsed(line, file);
  }
}

async function* document(file: string): AsyncGenerator<unknown> {
  const value = parsed(readFileSync(file, "utf8"), file);
  if (Array.isArray(value)) yield* value;
  else yield value;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault("IMPORT_INVALID", file, errorText(error));
  }
}

/** Reads all of it before anything is written. Gives the highest number. */
export async function checkExport(path: string): Promise<number> {
  const ids = new Set<string>();
  const numbers = new Set<number>();
  let highest = 0;
  for await (const entry of exportedAt(path)) {
    if (isAudit(entry)) continue;
    const { instanceId, row } = entry;
    if (ids.has(instanceId) || numbers.has(row.no)) throw fault("IMPORT_INVALID", path, `"${instanceId}" is there twice, or its number is`);
    ids.add(instanceId);
    numbers.add(row.no);
    highest = Math.max(highest, row.no);
  }
  if (highest === 0) throw fault("IMPORT_INVALID", path, "it has no instances");
  return highest;
}
