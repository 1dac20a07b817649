import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fault } from "../../errors/perdure-error.ts";
import { take } from "../arguments.ts";
import type { CommandIo } from "../command.ts";
import { BACKUP_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import { jsonLine } from "../render.ts";
import { notWritten, refuseExisting } from "./export-files.ts";
import { openExisting } from "./open-existing.ts";

const WHERE = "perdure backup";

/** Hosts may use the store meanwhile. What is at the path afterwards is a whole backup, or nothing. */
export async function backupCommand(io: CommandIo): Promise<number> {
  const { options, positionals } = parseCommandLine(WHERE, BACKUP_OPTIONS, io.args, io.env);
  const [target] = take(WHERE, ["<file>"], positionals);
  const path = resolve(io.cwd, target);
  const store = await openExisting(WHERE, "--store", options.store, io.cwd);
  try {
    if (store.backUp === undefined) throw fault("BACKUP_BY_SERVER", store.capabilities.location);
    // A log beside it would be taken for that of the backup.
    for (const file of [path, `${path}-wal`]) refuseExisting(file);
    await store.backUp(path).catch((error: unknown) => {
      throw notWritten(error, path);
    });
  } finally {
    await store.close();
  }
  const bytes = statSync(path).size;
  io.out(options.json === true ? jsonLine({ path, bytes }) : `The store as it was at this moment is in ${path} (${bytes} bytes).\n`);
  return 0;
}
