import { resolve } from "node:path";
import { isAzureApp } from "../../azure/recognise.ts";
import { PerdureError } from "../../errors/perdure-error.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { take } from "../arguments.ts";
import type { CommandIo } from "../command.ts";
import { saidError } from "../error-text.ts";
import { OPEN_STATUSES, REPLAY_CHECK_OPTIONS } from "../option-specs.ts";
import { parseCommandLine } from "../options.ts";
import { storeItself } from "../store-location.ts";
import { isExport } from "../transfer/exported-values.ts";
import { openExisting } from "../transfer/open-existing.ts";
import type { CheckResult } from "./check.ts";
import { checkRecorded } from "./check.ts";
import { nativeCode } from "./checked-code.ts";
import { checkStates, statesIn, withStates } from "./entity-states.ts";
import type { Recorded } from "./recorded.ts";
import { recordedIn, recordedInExport } from "./recorded.ts";
import { isClean, reportJson, reportText } from "./report.ts";

const WHERE = "perdure replay-check";

/** Exit code 0: the code of the app replays what was recorded · 1: it does not · 2: that could not be found out. Nothing is written. */
export async function replayCheckCommand(io: CommandIo): Promise<number> {
  const { options, positionals } = parseCommandLine(WHERE, REPLAY_CHECK_OPTIONS, io.args, io.env);
  const [app] = take(WHERE, ["<app>"], positionals);
  const { from } = options;
  if (from !== undefined) storeItself(WHERE, "--from", from);
  try {
    const result = await check(io, app, from, options);
    io.out(options.json === true ? reportJson(result) : reportText(result));
    // What the app has opened while it was loaded must not keep the command from ending.
    if (isAzureApp(resolve(io.cwd, app))) io.exit(isClean(result) ? 0 : 1);
    return isClean(result) ? 0 : 1;
  } catch (error) {
    // A check that could not be made must not look like one that has found something.
    if (!(error instanceof PerdureError)) throw error;
    io.err(saidError(error, io.args));
    if (isAzureApp(resolve(io.cwd, app))) io.exit(2);
    return 2;
  }
}

type Options = ReturnType<typeof parseCommandLine<typeof REPLAY_CHECK_OPTIONS>>["options"];

async function check(io: CommandIo, app: string, from: string | undefined, options: Options): Promise<CheckResult> {
  const { name = null, sample = null, "default-version": defaultVersion = null, "version-match-strategy": match = "None" } = options;
  const folder = resolve(io.cwd, app);
  const code = isAzureApp(folder)
    ? await (await import("./azure-code.ts")).azureCode(io, folder)
    : await nativeCode(io, app, { defaultVersion, match });
  try {
    const run = (all: AsyncIterable<Recorded>) => checkRecorded(all, code, { name, sample });
    const path = from === undefined ? null : resolve(io.cwd, from);
    if (path !== null && isExport(path)) return await run(recordedInExport(path, options.status ?? null));
    const statuses: readonly RuntimeStatus[] = options.status ?? OPEN_STATUSES;
    const store = await openExisting(WHERE, "--from", from, io.cwd);
    try {
      const replayed = await run(recordedIn(store, statuses));
      if (!statuses.includes("Running")) return replayed; // an entity is nothing else
      return withStates(replayed, await checkStates(statesIn(store), code, { name, sample }));
    } finally {
      await store.close();
    }
  } finally {
    code.close();
  }
}
