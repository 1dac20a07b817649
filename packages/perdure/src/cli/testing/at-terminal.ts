import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PROGRAM_OPTIONS } from "../../process/testing/programs.ts";
import { until } from "../../process/testing/until.ts";
import { MAIN, ownEnv } from "./spawn-cli.ts";

const PATIENCE_MS = 120_000;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** A command at a terminal, which `script` makes: it prints for people, and hears keys. */
export class AtTerminal implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #screen = "";

  constructor(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = ownEnv()) {
    const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    // A process group of its own: whatever the command has started ends with it.
    this.#child = spawn("script", ["-q", "-e", "-c", `exec ${line}`, "/dev/null"], {
      cwd,
      env,
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#screen += text));
    this.ended = once(this.#child, "close").then(([code]: readonly unknown[]) => (typeof code === "number" ? code : null));
  }

  static perdure(args: readonly string[], cwd: string): AtTerminal {
    return new AtTerminal([process.execPath, ...PROGRAM_OPTIONS, MAIN, ...args], cwd);
  }

  get screen(): string {
    return this.#screen.replaceAll(COLOURS, "").replaceAll("\r", "");
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const look = () =>
      pattern.exec(this.screen) ?? (this.#child.exitCode === null ? null : Promise.reject(new Error(`It has ended:\n${this.screen}`)));
    return until(`${pattern} on the screen`, look, PATIENCE_MS).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.screen}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null) process.kill(-pid, "SIGKILL");
    await this.ended;
  }
}
