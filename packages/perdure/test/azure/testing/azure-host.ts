import assert from "node:assert/strict";
import { CliProcess } from "../../../src/cli/testing/spawn-cli.ts";
import { until } from "../../../src/process/testing/until.ts";

const PATIENCE_MS = 60_000;

export interface Status {
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input?: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly historyEvents?: readonly unknown[];
  readonly stopped?: { readonly code: string };
}

/** `perdure start`, or dev, of an Azure app, on a port of its own. */
export class AzureHost implements AsyncDisposable {
  readonly #process: CliProcess;
  readonly url: string;

  private constructor(started: CliProcess, url: string) {
    this.#process = started;
    this.url = url;
  }

  static async start(
    app: string,
    cwd: string,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    command = "start",
  ): Promise<AzureHost> {
    const started = new CliProcess([command, app, "--port", "0", ...args], cwd, env);
    try {
      const [, url = ""] = await started.printed(/"event":"host\.started".*?"url":"([^"]+)"/);
      return new AzureHost(started, url);
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  get output(): string {
    return this.#process.output;
  }

  /** It may come a moment after the answer. */
  async printed(pattern: RegExp): Promise<void> {
    await this.#process.printed(pattern);
  }

  get management(): string {
    return `${this.url}/runtime/webhooks/durabletask`;
  }

  /** The management payload that a start answers with. */
  async started(path: string, init: RequestInit = { method: "POST" }): Promise<{ readonly [field: string]: string }> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    assert.equal(response.status, 202, text);
    return JSON.parse(text) as { readonly [field: string]: string };
  }

  async status(statusUrl: string): Promise<Status> {
    const response = await fetch(statusUrl);
    const isThere = response.status === 200 || response.status === 202;
    return isThere ? ((await response.json()) as Status) : { instanceId: "", runtimeStatus: "none", output: null, customStatus: null };
  }

  /** At its end. */
  async ended(statusUrl: string): Promise<Status> {
    return until(
      "the end of the instance",
      async () => {
        const response = await fetch(statusUrl);
        return response.status === 200 ? ((await response.json()) as Status) : null;
      },
      PATIENCE_MS,
    );
  }

  /** Those that became ready, in this order. */
  workers(): readonly { readonly number: number; readonly pid: number }[] {
    return this.#process.workers();
  }

  async stopped(): Promise<number | string> {
    this.#process.signal("SIGTERM");
    return this.#process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
