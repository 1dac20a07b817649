import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { entryOf, PROGRAM_OPTIONS } from "../../process/testing/programs.ts";

/** The command line, as Node starts it with {@link PROGRAM_OPTIONS}. */
export const MAIN = fileURLToPath(entryOf("cli/main"));
/** Of this process, without what it says of tests: the command line refuses options that it does not know. */
export function ownEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PERDURE_TEST_")));
}
/** Far more than it takes: on a machine that is busy with other things a start has taken 16 s. */
const PATIENCE_MS = 60_000;

/** `perdure …` in a process of its own, as an operator starts it. */
export class CliProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<number | string>;
  output = "";
  #onOutput: () => void = () => {};

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [...PROGRAM_OPTIONS, MAIN, ...args], {
      cwd,
      env: { ...ownEnv(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const take = (chunk: Buffer) => {
      this.output += chunk.toString();
      this.#onOutput();
    };
    this.#child.stdout.on("data", take);
    this.#child.stderr.on("data", take);
    this.exited = new Promise((resolve) => this.#child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown")));
  }

  /** The first match in what was printed so far or is printed next; rejects when the process ends without it. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = performance.now() + PATIENCE_MS;
    let ended = false;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (ended || performance.now() > deadline) throw new Error(`${pattern} was not printed in:\n${this.output}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onOutput = resolve;
      const timer = setTimeout(resolve, PATIENCE_MS);
      ended = (await Promise.race([promise.then(() => false), this.exited.then(() => true)])) === true;
      clearTimeout(timer);
    }
  }

  /** What it prints is no longer read. */
  stopReading(): void {
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Process ids of the worker processes that became ready, in that order; those of a place are the same number. */
  workers(): readonly { readonly number: number; readonly pid: number }[] {
    const ready = this.output.matchAll(/"event":"worker-process\.ready","workerNumber":(\d+),"pid":(\d+)/g);
    return Array.from(ready, ([, number, pid]) => ({ number: Number(number), pid: Number(pid) }));
  }

  /** Nothing that was started outlives the test. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    for (const { pid } of this.workers()) if (isRunning(pid)) process.kill(pid, "SIGKILL");
    await this.exited;
  }
}

/** A process that has ended and was not yet buried counts as gone. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync("/proc/self/stat") ? !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1")) : true;
  } catch {
    return false;
  }
}

export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "perdure-cli-"));

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What an app of a test imports, by its URL: the folder of the test has no node_modules. */
export const PERDURE = entryOf("index");
