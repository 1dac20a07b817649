import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Console, HostConsoleOptions } from "../../../src/console/open-console.ts";
import { openConsole } from "../../../src/console/open-console.ts";
import type { RegisteredFunction } from "../../../src/functions/registry.ts";
import type { HttpHandler, HttpHandlerOptions } from "../../../src/http/index.ts";
import { createHttpHandler } from "../../../src/http/index.ts";
import type { Store } from "../../../src/store/contract.ts";
import { TaskHub } from "../../../src/task-hub/task-hub.ts";
import type { LogOption } from "../../../src/telemetry/log-option.ts";

export const KEY = "the key";
export const READ_KEY = "the key that reads";
export const ORIGIN = "http://localhost:7071";
export const OWN_HEADERS = { "content-type": "application/json", "x-perdure-console": "1" };

export interface Asked {
  readonly method?: "GET" | "POST" | "DELETE" | "HEAD" | "OPTIONS";
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string | undefined };
  readonly cookie?: string;
}

export interface Stage {
  readonly hub: TaskHub;
  readonly console: Console;
  readonly handler: HttpHandler;
  /** `path` from the root. */
  ask(path: string, asked?: Asked): Promise<Response>;
  /** `path` below `/console/api/v1`; the value that is answered with 200. */
  get<Answer>(path: string, asked?: Asked): Promise<Answer>;
  post<Answer>(path: string, body: unknown, asked?: Asked): Promise<Answer>;
  /** Status and code of an answer that is an error. */
  refusal(path: string, asked?: Asked): Promise<readonly [number, string]>;
  /** The cookie of a session. */
  signIn(key: string): Promise<string>;
}

export interface StageOptions extends HostConsoleOptions {
  readonly functions?: readonly RegisteredFunction[];
  readonly handler?: HttpHandlerOptions;
  /** Default: in memory. */
  readonly store?: Store | string;
  /** Default: none. */
  readonly log?: LogOption;
  /** Default true. */
  readonly startsWorker?: boolean;
}

export const API = "/console/api/v1";

/** A hub with the console of it, until the end of the test. */
export async function stage(
  t: TestContext,
  { functions = [], handler: ofHandler = {}, store = "memory:", log = false, startsWorker = true, ...options }: StageOptions = {},
): Promise<Stage> {
  const hub = await TaskHub.open(typeof store === "string" ? store : "", {
    ...{ functions, log, keys: options.keys ?? [] },
    ...(typeof store === "string" ? {} : { store }),
  });
  if (startsWorker) await hub.start();
  t.after(() => hub.close());
  const page = openConsole(hub, options);
  const handler = createHttpHandler(hub, { mounts: [page], ...ofHandler });
  t.after(() => handler.endStreams());
  const ask = (path: string, { method = "GET", body, headers = {}, cookie }: Asked = {}) => {
    const all: { [name: string]: string } = method === "GET" ? {} : { ...OWN_HEADERS };
    if (cookie !== undefined) all.cookie = cookie;
    for (const [name, value] of Object.entries(headers))
      if (value === undefined) delete all[name];
      else all[name] = value;
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return handler(new Request(ORIGIN + path, { method, headers: all, ...text }));
  };
  const answered = async <Answer>(response: Response): Promise<Answer> => {
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  };
  return {
    hub,
    console: page,
    handler,
    ask,
    get: async (path, asked) => answered(await ask(API + path, asked)),
    post: async (path, body, asked) => answered(await ask(API + path, { method: "POST", body, ...asked })),
    async refusal(path, asked) {
      const response = await ask(API + path, asked);
      const { code } = JSON.parse(await response.text());
      return [response.status, code];
    },
    async signIn(key) {
      const response = await ask(`${API}/session`, { method: "POST", body: { key } });
      assert.equal(response.status, 200, await response.text());
      return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    },
  };
}
