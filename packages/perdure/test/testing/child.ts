import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { WorkerSettings } from "../../src/engine/options.ts";
import { PROGRAM_OPTIONS } from "../../src/process/testing/programs.ts";

export interface HostOptions {
  /** The store's URL. */
  readonly store: string;
  /** Ledgers and gates lie here. */
  readonly folder: string;
  readonly who: string;
  readonly engine: Partial<WorkerSettings>;
  /** Serves HTTP too. */
  readonly port?: number;
}

/** Leases short enough for a test; everything else follows. */
export const SHORT_LEASE: Partial<WorkerSettings> = {
  leaseMs: 600,
  renewEveryMs: 150,
  pollEveryMs: 100,
  idleReleaseMs: 300,
  heartbeatFlushMs: 100,
  longActivityMs: 200,
  drainMs: 100,
};

export interface HostLine {
  readonly event: string;
  readonly message: string;
}

/** A host in a process of its own, to be frozen and killed. */
export class HostProcess {
  readonly lines: HostLine[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #ready: Promise<void>;
  #stderr = "";

  constructor(options: HostOptions, nodeArgs: readonly string[] = []) {
    const script = fileURLToPath(new URL("./host.ts", import.meta.url));
    const args = [...nodeArgs, ...PROGRAM_OPTIONS, script, JSON.stringify(options)];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#exited = once(this.#child, "exit");
    const { stdout, stderr } = this.#child;
    assert.ok(stdout !== null && stderr !== null);
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    const lines = createInterface({ input: stdout });
    this.#ready = new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        const entry = JSON.parse(line) as HostLine;
        this.lines.push(entry);
        if (entry.event === "ready") resolve();
      });
      void this.#exited.then(() => reject(new Error(`the host ended before it was ready: ${this.#stderr}`)));
    });
    this.#ready.catch(() => {}); // some hosts are meant to die early
  }

  get pid(): number {
    assert.ok(this.#child.pid !== undefined);
    return this.#child.pid;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  said(event: string): boolean {
    return this.count(event) > 0;
  }

  count(event: string): number {
    return this.lines.filter((line) => line.event === event).length;
  }

  /** For a failed test: the last things it said. */
  complaints(): string {
    const lines = this.lines.slice(-10).map(({ event, message }) => `  ${event}: ${message}`);
    return [...lines, this.#stderr].join("\n");
  }

  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  /** Asks it to leave. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  exited(): Promise<unknown> {
    return this.#exited;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

/** A folder with ledgers and gates, a store (a file in that folder unless another is named), and the processes that were started on it. */
export class Field {
  readonly folder = mkdtempSync(join(tmpdir(), "perdure-field-"));
  readonly file = join(this.folder, "hub.db");
  readonly store: string;
  readonly #hosts: HostProcess[] = [];

  constructor(store?: string) {
    this.store = store ?? `file:${this.file}`;
  }

  host(who: string, more: Partial<HostOptions> = {}, nodeArgs: readonly string[] = []): HostProcess {
    const host = new HostProcess({ store: this.store, folder: this.folder, who, engine: SHORT_LEASE, ...more }, nodeArgs);
    this.#hosts.push(host);
    return host;
  }

  open(gate: string): void {
    writeFileSync(join(this.folder, `${gate}.gate`), "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#hosts) if (host.isRunning) await host.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
