import { resolve } from "node:path";
import { take } from "../arguments.ts";
import type { CommandIo } from "../command.ts";
import { EXPORT_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import { counted, jsonLine } from "../render.ts";
import { exportSink } from "./export-files.ts";
import { openExisting } from "./open-existing.ts";
import { auditFrom, carriedFrom } from "./read-store.ts";

const WHERE = "perdure export";

/** Writes nothing to the store, and hosts may use it meanwhile: each instance is whole, and each was read at another moment. */
export async function exportCommand(io: CommandIo): Promise<number> {
  const { options, positionals } = parseCommandLine(WHERE, EXPORT_OPTIONS, io.args, io.env);
  const [target] = take(WHERE, ["<file|folder>"], positionals);
  const path = target.endsWith("/") ? `${resolve(io.cwd, target)}/` : resolve(io.cwd, target);
  const { from = null, to = null, status = [], prefix = null } = options;
  const store = await openExisting(WHERE, "--store", options.store, io.cwd);
  const isPart = from !== null || to !== null || status.length > 0 || prefix !== null;
  const ids = isPart ? new Set<string>() : null;
  let count = 0;
  let isWhole = false;
  try {
    const sink = exportSink(path);
    try {
      for await (const one of carriedFrom(store, { createdFrom: from, createdTo: to, statuses: status, idPrefix: prefix })) {
        sink.write(one);
        ids?.add(one.instanceId);
        count += 1;
      }
      for await (const lines of auditFrom(store, ids)) sink.write(lines);
      isWhole = true;
    } finally {
      sink.end(isWhole);
    }
  } finally {
    await store.close();
  }
  io.out(options.json === true ? jsonLine({ instancesExported: count, path }) : `${counted(count, "instance")} exported to ${path}.\n`);
  return 0;
}
