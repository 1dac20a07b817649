import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { ROOT } from "./paths.ts";

export interface RunResult {
  readonly ok: boolean;
  readonly output: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Also write what the command prints to our own output at once, and not only into the result. */
  readonly live?: boolean;
  /** Ends a command that hangs; without it the command may take as long as it needs. */
  readonly timeoutMs?: number;
}

/** Runs a command to its end. Never throws: a command that cannot be started is a failed run with the reason as its output. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  return collect(child, options.live === true, started);
}

/** Runs this Node on a file of ours with the sources of `perdure` in place of its build. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(process.execPath, ["-C", "perdure-source", ...args], options);
}

function collect(child: ChildProcess, live: boolean, started: number): Promise<RunResult> {
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    if (live) process.stdout.write(chunk);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);

  return new Promise((resolve) => {
    const end = (ok: boolean, reason = ""): void => {
      const output = Buffer.concat(chunks).toString("utf8") + reason;
      resolve({ ok, output, milliseconds: performance.now() - started });
    };
    child.on("error", (error) => end(false, `${error.message}\n`));
    child.on("close", (code, signal) => {
      const reason =
        code === null ? `\nended by ${signal ?? "an unknown signal"} after ${Math.round(performance.now() - started)} ms\n` : "";
      end(code === 0, reason);
    });
  });
}
