import { execFile } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { PostgresVersion, RunAs } from "./binaries.ts";
import { binariesOf, openTo, runAs } from "./binaries.ts";
import { freePort } from "./free-port.ts";
import { Guard, SERVER_ENVIRONMENT } from "./guard.ts";

export interface PostgresOptions {
  readonly version: PostgresVersion;
  /** Server settings by name, as in `postgresql.conf`. Without them PostgreSQL's defaults hold: fsync and synchronous_commit are on. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The databases' order of text. `linguistic` is that of most servers in the field, which no index of ours may rely on (18 only). */
  readonly collation?: "bytes" | "linguistic";
  /** The folder in which its data directory is made, if its user can go there. Default: that for temporary files, which may lie in memory. */
  readonly parent?: string;
}

/** `fast` ends connections and shuts down in order, `immediate` leaves recovery to the next start, `kill` is SIGKILL. */
export type Halt = "fast" | "immediate" | "kill";

export interface PostgresServer {
  /** Database `postgres`, user `postgres`, no password. */
  readonly url: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** For good: the data directory goes too. */
  stop(): Promise<void>;
  /** Down, until `resume`. */
  halt(how?: Halt): Promise<void>;
  resume(): Promise<void>;
  /** Same port, same data. Also after `halt` or `kill`. */
  restart(how?: Halt): Promise<void>;
  kill(): Promise<void>;
  /** What the server has written to its log. */
  log(): string;
}

const START_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 10;
const PORT_ATTEMPTS = 5;

/** A PostgreSQL server of our own on 127.0.0.1. It ends with this process, however that ends. */
export async function startPostgres({
  version,
  settings = {},
  collation = "bytes",
  parent = tmpdir(),
}: PostgresOptions): Promise<PostgresServer> {
  if (process.platform === "win32") throw new Error("Tests start PostgreSQL on Linux and macOS only: set PERDURE_TEST_POSTGRES_URL.");
  const user = runAs();
  const binaries = binariesOf(version, user);
  const folder = makeFolder(user, parent);
  try {
    await initialise({ binaries, folder, user, collation });
    const server = new OwnServer({ binaries, folder, user, settings });
    await server.startOnFreePort();
    return server;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function makeFolder(user: RunAs | null, parent: string): string {
  const reachable = openTo(user, [parent, tmpdir()]);
  const folder = mkdtempSync(join(reachable, "perdure-postgres-"));
  if (user !== null) chownSync(folder, user.uid, user.gid);
  return folder;
}

interface Installation {
  readonly binaries: string;
  readonly folder: string;
  readonly user: RunAs | null;
}

/** About 0.5 s; copying the 31 MB of an earlier one costs 0.1 s, and a cache to look after. */
async function initialise({ binaries, folder, user, collation }: Installation & { readonly collation: string }): Promise<void> {
  const order = collation === "bytes" ? [] : ["--locale-provider=icu", "--icu-locale=en-US"];
  const args = ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", ...order];
  await promisify(execFile)(join(binaries, "bin", "initdb"), args, { ...(user ?? {}), cwd: folder, env: SERVER_ENVIRONMENT });
}

class OwnServer implements PostgresServer {
  readonly dataDirectory: string;
  readonly #installation: Installation;
  readonly #settings: Readonly<Record<string, string>>;
  #port = 0;
  #guard: Guard | null = null;

  constructor({ settings, ...installation }: Installation & { readonly settings: Readonly<Record<string, string>> }) {
    this.#installation = installation;
    this.#settings = settings;
    this.dataDirectory = join(installation.folder, "data");
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`;
  }

  log(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, "utf8") : "";
  }

  /** Another process may take the port between our look and the server's: then another one. */
  async startOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = await freePort();
      try {
        return await this.resume();
      } catch (error) {
        if (attempt === PORT_ATTEMPTS || !this.log().includes("could not bind")) throw error;
      }
    }
  }

  async resume(): Promise<void> {
    if (this.#guard !== null) return;
    const before = this.log().length;
    const { pid: killed } = this.#postmaster();
    const guard = this.#spawn();
    this.#guard = guard;
    if (await this.#isReady(guard, killed)) return;
    await this.halt("immediate");
    throw new Error(`PostgreSQL did not start:\n${this.log().slice(before).slice(-2_000)}`);
  }

  async halt(how: Halt = "fast"): Promise<void> {
    const guard = this.#guard;
    if (guard === null) return;
    this.#guard = null;
    if (how === "kill") {
      await killTree(this.#postmaster().pid);
      await guard.serverGone();
    }
    await guard.end(how === "fast" ? "stop" : "quit");
  }

  async restart(how: Halt = "fast"): Promise<void> {
    await this.halt(how);
    await this.resume();
  }

  kill(): Promise<void> {
    return this.halt("kill");
  }

  async stop(): Promise<void> {
    await this.halt("fast");
    rmSync(this.#installation.folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.#installation.folder, "server.log");
  }

  #spawn(): Guard {
    const { binaries, folder, user } = this.#installation;
    const settings = {
      listen_addresses: "127.0.0.1",
      port: `${this.#port}`,
      unix_socket_directories: "",
      log_line_prefix: "%m [%p] %a ",
      ...this.#settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const command = [join(binaries, "bin", "postgres"), "-D", this.dataDirectory, ...flags];
    return new Guard({ folder, log: this.#logFile, user, command });
  }

  /** A killed server has left its `postmaster.pid` behind. */
  async #isReady(guard: Guard, killed: number): Promise<boolean> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (!guard.isServerGone && performance.now() < deadline) {
      const { pid, status } = this.#postmaster();
      if (pid !== killed && status === "ready") return true;
      await sleep(LOOK_EVERY_MS);
    }
    return false;
  }

  /** The first line of `postmaster.pid` is the process id, the eighth says how far the start has come. */
  #postmaster(): { readonly pid: number; readonly status: string } {
    const file = join(this.dataDirectory, "postmaster.pid");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? "" };
  }
}

/** As a crash of the machine would: left to themselves, processes of PostgreSQL 14 took up to 20 s to notice that their parent is dead. */
async function killTree(parent: number): Promise<void> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const children = pairs.filter(([, ppid]) => ppid === parent).map(([pid]) => pid ?? 0);
  for (const pid of [parent, ...children].filter((one) => one > 0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended by itself
    }
  }
}
