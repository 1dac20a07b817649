import { fault, faultFrom } from "../errors/perdure-error.ts";
import { existingStoreUrl } from "./store-location.ts";

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
  readonly query?: { readonly [name: string]: string | undefined };
  /** JSON text; absent: no body. */
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
}

export interface DoorOptions {
  readonly url?: string;
  readonly store?: string;
  readonly key?: string;
}

export const BASE_PATH = "/runtime/webhooks/durabletask";
const DEFAULT_URL = "http://localhost:7071";

export function openDoor(where: string, options: DoorOptions, cwd: string): Promise<ManagementDoor> {
  if (options.url !== undefined && options.store !== undefined) {
    throw fault("OPTION_INVALID", where, "--store", options.store, "either --url or --store, not both");
  }
  return options.store === undefined
    ? openHost(where, options.url ?? DEFAULT_URL, options.key)
    : openStore(existingStoreUrl(options.store, cwd));
}

async function openHost(where: string, text: string, key: string | undefined): Promise<ManagementDoor> {
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw fault("OPTION_INVALID", where, "--url", text, "the address of a host, such as http://localhost:7071");
  }
  const origin = new URL(text).origin;
  return {
    async send(request) {
      const made = toRequest(origin, request, key);
      try {
        return await fetch(made);
      } catch (error) {
        throw faultFrom(error, "HOST_UNREACHABLE", origin);
      }
    },
    close: async () => {},
  };
}

async function openStore(store: string): Promise<ManagementDoor> {
  const { openStoreHandler } = await import("./store-handler.ts");
  const { handle, close } = await openStoreHandler(store);
  return { send: (request) => handle(toRequest(DEFAULT_URL, request, undefined)), close };
}

function toRequest(origin: string, request: ManagementRequest, key: string | undefined): Request {
  const url = new URL(BASE_PATH + request.path, origin);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const headers = new Headers(request.headers);
  if (key !== undefined) headers.set("x-functions-key", key);
  if (request.body !== undefined) headers.set("content-type", "application/json");
  return new Request(url, { method: request.method, headers, ...(request.body === undefined ? {} : { body: request.body }) });
}
