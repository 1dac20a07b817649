import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RegisteredFunction, TaskHubOptions } from "perdure";
import { isRegistrable, TaskHub } from "perdure";
import { createHttpHandler, serveHttp } from "perdure/http";

import type { TestClock } from "./test-clock.ts";

/** A host as `perdure start` makes it, in this process, on a free port and a store of its own: tests knock at its HTTP door. */
export interface TestHost extends AsyncDisposable {
  readonly hub: TaskHub;
  /** `http://localhost:PORT` */
  readonly url: string;
}

export interface TestHostOptions {
  /** Absent: a file of its own that goes when the host does. */
  readonly path?: string;
  readonly clock?: TestClock;
  readonly log?: NonNullable<TaskHubOptions["log"]>;
}

export async function startTestHost(app: { readonly [name: string]: unknown }, options: TestHostOptions = {}): Promise<TestHost> {
  const folder = options.path === undefined ? mkdtempSync(join(tmpdir(), "perdure-example-")) : null;
  const path = options.path ?? join(folder ?? "", "hub.db");
  const { clock, log } = options;
  const hub = await TaskHub.open(`file:${path}`, {
    functions: functionsOf(app),
    ...(log === undefined ? {} : { log }),
    // A clock that jumps is not what a worker expects: it has to look at it.
    ...(clock === undefined ? {} : { store: await clock.open(path), engine: { pollEveryMs: 20 } }),
  });
  const handler = createHttpHandler(hub);
  const server = await serveHttp({ handler, port: 0 });
  await hub.start();
  return {
    hub,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close({ timeoutMs: 1_000 });
      await hub.close();
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const functionsOf = (app: { readonly [name: string]: unknown }): readonly RegisteredFunction[] =>
  Object.values(app).filter(isRegistrable);

export interface StatusBody {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  readonly historyEvents?: readonly { readonly EventType: string; readonly FunctionName?: string }[];
}

export interface StartBody {
  readonly id: string;
  readonly statusQueryGetUri: string;
  readonly sendEventPostUri: string;
  readonly terminatePostUri: string;
}

export async function bodyOf<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

export const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const POLL_MS = 20;
const PATIENCE_MS = 20_000;

/** Asks the status URL as a caller would, until the instance has ended. */
export async function untilEnded(statusUrl: string): Promise<StatusBody> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(statusUrl);
    const status = await bodyOf<StatusBody>(response);
    if (response.status !== 202) return status;
    if (performance.now() > deadline) throw new Error(`still ${status.runtimeStatus} after ${PATIENCE_MS} ms: ${statusUrl}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
