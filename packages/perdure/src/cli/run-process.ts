import { pendingImport } from "../app-threads/pending-import.ts";
import { fault } from "../errors/perdure-error.ts";
import { saidError } from "./error-text.ts";
import { terminalKeyboard } from "./keyboard.ts";
import { runCli } from "./run.ts";

/** The command line of this process. */
export async function runProcess(): Promise<void> {
  // A reader that is gone (`perdure list | head`, a log collector that died) ends no command, and no host.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const args = process.argv.slice(2);
  // Nothing is left that could end the import; Node would say so of its own, with a line of Perdure.
  process.once("beforeExit", () => {
    // One turn more: what a thread beside the load has said of it is read there, though nothing is left that keeps this process.
    setImmediate(() => {
      const file = pendingImport();
      if (file === null) return;
      process.stderr.write(saidError(fault("APP_IMPORT_FAILED", file, "it awaits at its top level what never comes"), args));
      process.exit(2);
    });
  });
  process.exitCode = await runCli({
    args,
    env: process.env,
    cwd: process.cwd(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    keyboard: terminalKeyboard(process.stdin),
    exit: (code) => process.exit(code),
  });
}
