import type { CommandIo } from "./command.ts";
import { continueWith } from "./one-by-one.ts";
import { counted, jsonLine } from "./render.ts";

export interface ManyDone {
  /** "rewound". */
  readonly verb: string;
  readonly instanceIds: readonly string[];
  /** Under `--json`, of what was done; a dry run shows the ids. */
  readonly details: object;
  /** How many were passed over, by the reason. */
  readonly passedOver?: { readonly count: number; readonly why: string; readonly member: string };
  readonly continuation: string | null;
}

/** The end of a command that has done something to many instances. */
export function sayManyDone(io: CommandIo, options: { readonly json?: boolean; readonly "dry-run"?: boolean }, done: ManyDone): void {
  const { verb, instanceIds, details, passedOver, continuation } = done;
  const { length } = instanceIds;
  const dryRun = options["dry-run"] === true;
  if (options.json === true) {
    const count = dryRun
      ? { dryRun, instancesFound: length }
      : { [`instances${verb.replace(/^./, (first) => first.toUpperCase())}`]: length };
    const passed = passedOver === undefined ? {} : { [passedOver.member]: passedOver.count };
    io.out(jsonLine({ ...count, ...(dryRun ? { instanceIds } : details), ...passed, ...(continuation === null ? {} : { continuation }) }));
    return;
  }
  const found = counted(length, "instance");
  const passed = passedOver === undefined || passedOver.count === 0 ? "" : ` ${counted(passedOver.count, "other")} ${passedOver.why}.`;
  io.out(
    dryRun
      ? `Dry run: ${found} would be ${verb}.${passed} Nothing was done.\n`
      : `${found} ${length === 1 ? "was" : "were"} ${verb}.${passed}\n`,
  );
  if (continuation !== null) io.err(continueWith(continuation));
}
