import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import type { RunAs } from "./binaries.ts";

/**
 * A shell between us and PostgreSQL. It reads one line: `stop` is a fast shutdown, anything else an immediate one. The end of its input
 * without a line means that our process is gone, however it went: then the server goes too, and its folder. Descriptor 3 is held by the
 * server's processes alone: it closes when the last of them has ended. SIGTERM comes first because a shell's background command ignores the
 * other two until it has installed handlers of its own.
 */
const SCRIPT = `
folder=$1; shift
"$@" </dev/null &
server=$!
exec 3>&-
read -r how
exec 2>/dev/null
case "$how" in
  stop) kill -TERM $server; kill -INT $server ;;
  *) kill -TERM $server; kill -QUIT $server ;;
esac
wait $server
[ -n "$how" ] || { cd / && rm -rf "$folder"; }
`;

/** Nothing of ours: PG… and LC_… variables would change what the server does. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" };

export interface GuardOptions {
  /** Removed when this process dies. */
  readonly folder: string;
  readonly log: string;
  readonly user: RunAs | null;
  readonly command: readonly string[];
}

export class Guard {
  readonly #shell: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #held: Readable;
  readonly #closed: Promise<void>;
  #gone = false;

  constructor({ folder, log, user, command }: GuardOptions) {
    const output = openSync(log, "a");
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "guard", folder, ...command], {
      ...(user ?? {}),
      detached: true, // a session of its own: Ctrl-C must not end the shell before it has ended the server
      cwd: folder,
      env: SERVER_ENVIRONMENT,
      stdio: ["pipe", output, output, "pipe"],
    });
    closeSync(output);
    this.#ended = once(this.#shell, "exit");
    this.#ended.catch(() => {});
    const held = this.#shell.stdio[3];
    const stdin = this.#shell.stdin;
    if (!(held instanceof Readable) || !(stdin instanceof Writable)) throw new Error("the shell has no pipes");
    stdin.on("error", () => {}); // it ended first
    this.#held = held;
    this.#closed = once(held.resume(), "close").then(() => {
      this.#gone = true;
    });
    // A test process ends when its tests have; the pipe then closes, and the server with it.
    for (const handle of [this.#shell, stdin, held]) hold(handle, false);
  }

  get isServerGone(): boolean {
    return this.#gone;
  }

  /** No process of the server is left. */
  async serverGone(): Promise<void> {
    hold(this.#held, true);
    await this.#closed;
  }

  async end(how: "stop" | "quit"): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin?.end(`${how}\n`);
    await this.#ended;
  }
}

/** Whether the handle keeps this process alive. Pipes have both methods; the types of `stdio` do not say so. */
function hold(handle: object, keep: boolean): void {
  if (keep && "ref" in handle && typeof handle.ref === "function") handle.ref();
  if (!keep && "unref" in handle && typeof handle.unref === "function") handle.unref();
}
