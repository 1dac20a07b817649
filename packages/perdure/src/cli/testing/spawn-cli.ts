import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const PATIENCE_MS = 15_000;

/** `perdure …` in a process of its own, as an operator starts it. */
export class CliProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<number | string>;
  output = "";
  #onOutput: () => void = () => {};

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, ["--conditions=perdure-source", MAIN, ...args], {
      cwd,
      env: { ...process.env, ...env },
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

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}

export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "perdure-cli-"));

  write(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What an app of a test imports, by its URL: the folder of the test has no node_modules. */
export const PERDURE = new URL("../../index.ts", import.meta.url).href;
