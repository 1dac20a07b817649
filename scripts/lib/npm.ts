import type { RunOptions, RunResult } from "./run.ts";
import { run } from "./run.ts";

/** npm is a script that starts with `#!/usr/bin/env node`; inside an npm script its path is known. */
export function npmCommand(args: readonly string[]): readonly [command: string, args: readonly string[]] {
  const script = process.env.npm_execpath;
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  return script === undefined ? ["npm", [...quiet, ...args]] : [process.execPath, [script, ...quiet, ...args]];
}

export const npm = (args: readonly string[], options: RunOptions): Promise<RunResult> => run(...npmCommand(args), options);
