import { fault, PerdureError } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import type { Store, StoreDump } from "../store/contract.ts";
import { errorText } from "../telemetry/value-text.ts";
import { checkDump } from "../testing/invariants/check-dump.ts";
import { locksOf } from "../testing/invariants/entities.ts";
import { describeViolation } from "../testing/invariants/invariant.ts";
import type { CommandIo } from "./command.ts";
import { VERIFY_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { counted, jsonLine } from "./render.ts";
import { openExisting } from "./transfer/open-existing.ts";

/** While a store's time approaches a clock that was set back, a worker's estimate may be a tenth of a second ahead of it. */
const CLOCK_SLACK_MS = 1_000;

/** Exit code 1 when an invariant is broken or the file is damaged. A host may be at work meanwhile: the dump is one snapshot. */
export async function verifyCommand(io: CommandIo): Promise<number> {
  const where = "perdure verify";
  const { options, positionals, given } = parseCommandLine(where, VERIFY_OPTIONS, io.args, io.env);
  if (positionals.length > 1) throw fault("ARGUMENTS_WRONG", where, "[store]", positionals);
  const [argument] = positionals;
  if (argument !== undefined && given.has("store"))
    throw fault("OPTION_INVALID", where, "--store", options.store, "either [store] or --store, not both");
  const store = await openExisting(where, argument === undefined ? "--store" : "[store]", argument ?? options.store, io.cwd);
  try {
    const damage = [...((await store.integrity?.()) ?? [])];
    const dump = await readDump(store, damage);
    const violations = dump === null ? [] : checkDump(dump, { atRest: false, clockSlackMs: CLOCK_SLACK_MS });
    if (options.json === true)
      io.out(jsonLine({ instances: dump?.instances.length ?? null, locks: dump === null ? null : locksOf(dump), damage, violations }));
    else {
      for (const line of damage) io.out(`✖ The database file is damaged: ${visible(line)}\n`);
      for (const violation of violations) io.out(`✖ ${visible(describeViolation(violation))}\n`);
      io.out(summary(dump, damage.length, violations.length));
    }
    return damage.length + violations.length === 0 ? 0 : 1;
  } finally {
    await store.close();
  }
}

/** Null when it cannot be read: then `damage` says why. */
async function readDump(store: Store, damage: string[]): Promise<StoreDump | null> {
  try {
    return await store.dump();
  } catch (error) {
    if (error instanceof PerdureError && error.code !== "STORE_CORRUPT") throw error;
    if (damage.length === 0) damage.push(errorText(error));
    return null;
  }
}

function summary(dump: StoreDump | null, damage: number, violations: number): string {
  if (dump === null)
    return 'The rows of the store cannot be read. Restore it from a backup, or take what can be read with the "sqlite3 .recover" command.\n';
  const events = dump.history.reduce((total, chunk) => total + chunk.count, 0);
  const { instances, inbox, tasks } = dump;
  const locks = locksOf(dump);
  const read = [
    counted(instances.length, "instance"),
    counted(events, "history event"),
    counted(inbox.length, "message"),
    counted(tasks.length, "task"),
    `${counted(locks.held, "lock")} (${locks.orphaned} orphaned)`,
  ].join(", ");
  if (damage + violations === 0) return `✔ All invariants hold: ${read}.\n`;
  return damage === 0
    ? `${counted(violations, "violation")} in ${read}.\n`
    : `${counted(damage, "damaged place")} and ${counted(violations, "violation")} in ${read}.\n`;
}
