import { runCli } from "./run.ts";

/** The command line of this process. */
export async function runProcess(): Promise<void> {
  // A reader that is gone (`perdure list | head`, a log collector that died) ends no command, and no host.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.exitCode = await runCli({
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    exit: (code) => process.exit(code),
  });
}
