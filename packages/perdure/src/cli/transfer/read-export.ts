import { fault } from "../../errors/perdure-error.ts";
import type { Carried, CarriedAudit } from "./carried.ts";
import { isAudit } from "./carried.ts";
import { exportedValues } from "./exported-values.ts";
import { parseCarried } from "./parse-carried.ts";

/** What an export at this path holds. */
export async function* exportedAt(path: string): AsyncGenerator<Carried | CarriedAudit> {
  for await (const { file, value } of exportedValues(path, "IMPORT_INVALID")) yield parseCarried(value, file);
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
