import { fault } from "../errors/perdure-error.ts";
import { visible } from "../model/visible-text.ts";
import { openStore } from "../task-hub/open-store.ts";
import { checkDump } from "../testing/invariants/check-dump.ts";
import { describeViolation } from "../testing/invariants/invariant.ts";
import type { CommandIo } from "./command.ts";
import { VERIFY_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { jsonLine } from "./render.ts";
import { existingStoreUrl } from "./store-location.ts";

/** Exit code 1 when an invariant is broken. A host may be at work meanwhile: the dump is one snapshot. */
export async function verifyCommand(io: CommandIo): Promise<number> {
  const where = "perdure verify";
  const { options, positionals } = parseCommandLine(where, VERIFY_OPTIONS, io.args, io.env);
  const target = positionals[0] ?? options.store;
  if (target === undefined || positionals.length > 1)
    throw fault("ARGUMENTS_WRONG", where, "<store>, for example file:perdure.db", positionals);
  const store = await openStore(existingStoreUrl(target, io.cwd));
  try {
    const dump = await store.dump();
    const violations = checkDump(dump, { atRest: false });
    if (options.json === true) io.out(jsonLine({ instances: dump.instances.length, violations }));
    else {
      for (const violation of violations) io.out(`✖ ${visible(describeViolation(violation))}\n`);
      const events = dump.history.reduce((total, chunk) => total + chunk.count, 0);
      const read = `${dump.instances.length} instances, ${events} history events, ${dump.inbox.length} messages, ${dump.tasks.length} tasks`;
      io.out(violations.length === 0 ? `✔ All invariants hold: ${read}.\n` : `${violations.length} violations in ${read}.\n`);
    }
    return violations.length === 0 ? 0 : 1;
  } finally {
    await store.close();
  }
}
