import { fault, faultFrom } from "../errors/perdure-error.ts";
import { withoutSecrets } from "../errors/without-secrets.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import type { TARGET_OPTIONS } from "./option-specs.ts";
import type { CommandLine } from "./options.ts";
import { withoutRival } from "./options.ts";
import { existingStoreUrl, storeUrl } from "./store-location.ts";

/**
 * How the client commands reach a task hub: always by the management API, either of a running host or of this process, which then opens
 * the store itself and runs no worker. So both ways give the same answers.
 */
export interface ManagementDoor {
  send(request: ManagementRequest): Promise<Response>;
  close(): Promise<void>;
}

export interface ManagementRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the base path: `/instances/abc`. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string | readonly string[] | undefined };
  /** JSON text; absent: no body. */
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
}

type Target = CommandLine<typeof TARGET_OPTIONS>;

const DEFAULT_URL = "http://localhost:7071";

/**
 * The command line wins over the environment. Of an address and a store that are both in the environment the address is meant:
 * only these commands read it, while the store is what `perdure start` keeps there.
 */
function openDoor(where: string, line: Target, cwd: string): Promise<ManagementDoor> {
  const { url, store, key } = withoutRival(line, "url", "store");
  if (line.given.has("url") && store !== undefined) {
    throw fault("OPTION_INVALID", where, "--store", store, "either --url or --store, not both");
  }
  if (store === undefined || url !== undefined) return openHost(where, url ?? DEFAULT_URL, key);
  if (!storeUrl(store).startsWith("memory:")) return openStore(existingStoreUrl(store, cwd));
  // PERDURE_STORE is the host's then, and only the host can be asked.
  if (!line.given.has("store")) return openHost(where, DEFAULT_URL, key);
  const expected = "file:PATH or postgres://…; an in-memory store can only be reached through its host, with --url";
  throw fault("OPTION_INVALID", where, "--store", store, expected);
}

/** Closed again, even after an error. */
export async function withDoor(where: string, line: Target, cwd: string, use: (door: ManagementDoor) => Promise<void>): Promise<number> {
  const door = await openDoor(where, line, cwd);
  try {
    await use(door);
  } finally {
    await door.close();
  }
  return 0;
}

async function openHost(where: string, text: string, key: string | undefined): Promise<ManagementDoor> {
  const host = hostOf(text);
  if (host === null) {
    const expected = `the address of a host, such as ${DEFAULT_URL}, or of its management API (…${DEFAULT_BASE_PATH}); give a key with --key`;
    throw fault("OPTION_INVALID", where, "--url", withoutSecrets(text), expected);
  }
  return {
    async send(request) {
      const made = toRequest(host, request, key);
      try {
        return await fetch(made);
      } catch (error) {
        throw faultFrom(error, "HOST_UNREACHABLE", host);
      }
    },
    close: async () => {},
  };
}

/**
 * The origin, and the path at which a server has mounted the handler, which is recognized by the management API's path after it. Null where a part of
 * the address would have to be ignored.
 */
function hostOf(text: string): string | null {
  const url = /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return null;
  const path = url.pathname.replace(/\/+$/, "");
  if (path === "") return url.origin;
  return path.endsWith(DEFAULT_BASE_PATH) ? url.origin + path.slice(0, -DEFAULT_BASE_PATH.length) : null;
}

async function openStore(store: string): Promise<ManagementDoor> {
  const { openStoreHandler } = await import("./store-handler.ts");
  const { handle, close } = await openStoreHandler(store);
  return { send: (request) => handle(toRequest(DEFAULT_URL, request, undefined)), close };
}

function toRequest(host: string, request: ManagementRequest, key: string | undefined): Request {
  const url = new URL(host + DEFAULT_BASE_PATH + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of typeof value === "string" ? [value] : (value ?? [])) url.searchParams.append(name, one);
  }
  const headers = new Headers(request.headers);
  if (key !== undefined) headers.set("x-functions-key", key);
  if (request.body !== undefined) headers.set("content-type", "application/json");
  return new Request(url, { method: request.method, headers, ...(request.body === undefined ? {} : { body: request.body }) });
}
