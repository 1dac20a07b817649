import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ROOT } from "./paths.ts";

const GROUP_LEADER = fileURLToPath(new URL("./process-group.ts", import.meta.url));

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

/** Groups that run now. */
const groups = new Set<ChildProcess>();

/**
 * As {@link runNode}, in a process group of its own, of which no process outlives the command: what is left then is killed, and the run has failed. The
 * group ends with this process, too, however that ends: its leader reads from a pipe that closes then.
 */
export function runNodeGroup(args: readonly string[], options: Pick<RunOptions, "live"> = {}): Promise<RunResult> {
  if (process.platform === "win32") return runNode(args, options);
  const started = performance.now();
  const leader = spawn(process.execPath, [GROUP_LEADER, process.execPath, "-C", "perdure-source", ...args], {
    cwd: ROOT,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  leader.stdin.on("error", () => {}); // it ended first
  groups.add(leader);
  return collect(leader, options.live === true, started).finally(() => groups.delete(leader));
}

/** At SIGINT, SIGTERM and SIGHUP all groups end, then `last` runs, then this process ends as shells expect it. */
export function endGroupsAtSignals(last: () => Promise<unknown>): void {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      const ended = [...groups].map((leader) => {
        leader.stdin?.end();
        return new Promise((resolve) => leader.once("close", resolve));
      });
      void Promise.all(ended)
        .then(last)
        .finally(() => process.exit(128 + numbers[signal]));
    });
  }
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
