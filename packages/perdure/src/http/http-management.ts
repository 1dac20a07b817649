import type { HubClient } from "../client/types.ts";
import { fault } from "../errors/perdure-error.ts";
import { isTerminal } from "../model/status.ts";
import { externalOrigin } from "./external-origin.ts";
import { jsonResponse } from "./responses.ts";
import { payloadJson } from "./wire/json-text.ts";
import type { ManagementPayload } from "./wire/management-payload.ts";
import { managementPayload } from "./wire/management-payload.ts";
import { statusObject } from "./wire/status-object.ts";

/** A function where the origin is known later only: a port that the system chooses. */
export type PublicOrigin = string | (() => string);

export interface HttpManagementOptions {
  /** Aborted when nothing will finish in this process any more. */
  readonly drained?: AbortSignal;
  readonly client: HubClient;
  readonly taskHub: string;
  readonly connectionName: string;
  readonly basePath: string;
  /** The first is written into the URLs. */
  readonly keys: readonly string[];
  readonly forwardedHost: boolean;
  /** For URLs that are made without a request. */
  readonly publicOrigin: PublicOrigin;
}

export interface WaitOptions {
  /** 10 s unless given. */
  readonly timeoutMs?: number;
  /** At most 1 s unless given. Nothing is polled here; it must not be longer than the timeout, as on Azure. */
  readonly retryIntervalMs?: number;
}

/** What a client function answers with after a start: the async HTTP pattern. */
export interface HttpManagement {
  createHttpManagementPayload(id: string, request?: Request): ManagementPayload;
  /** 202 with Location, Retry-After and the payload. */
  createCheckStatusResponse(request: Request | undefined, id: string): Response;
  /**
   * Waits: 200 with the bare output, 200 with the status object for Terminated and Canceled, 500 with it for Failed; when time is up, what
   * {@link createCheckStatusResponse} gives.
   */
  waitForCompletionOrCreateCheckStatusResponse(request: Request | undefined, id: string, options?: WaitOptions): Promise<Response>;
}

const DEFAULT_WAIT_MS = 10_000;
const DEFAULT_RETRY_MS = 1_000;

/** Under which options a request came in: the keys and paths of the handler that it came through, which the hub's own client does not know. */
const optionsOfRequests = new WeakMap<Request, HttpManagementOptions>();

/** From now on URLs that are made for this request are those of the handler that it came through. */
export function answerUnder(request: Request, options: HttpManagementOptions): void {
  optionsOfRequests.set(request, options);
}

/** As given to {@link answerUnder}. */
export const optionsUnder = (request: Request): HttpManagementOptions | undefined => optionsOfRequests.get(request);

export function createHttpManagement(options: HttpManagementOptions): HttpManagement {
  const { client } = options;

  const createHttpManagementPayload = (id: string, request?: Request): ManagementPayload => {
    const under = (request && optionsOfRequests.get(request)) ?? options;
    const { basePath, taskHub, connectionName, keys } = under;
    const origin = request === undefined ? ownOrigin(under) : externalOrigin(request, under.forwardedHost);
    return managementPayload(id, { baseUrl: origin + basePath, taskHub, connectionName, key: keys[0] });
  };

  const createCheckStatusResponse = (request: Request | undefined, id: string): Response => {
    const payload = createHttpManagementPayload(id, request);
    return jsonResponse(202, JSON.stringify(payload), { Location: payload.statusQueryGetUri, "Retry-After": "10" });
  };

  return {
    createHttpManagementPayload,
    createCheckStatusResponse,
    async waitForCompletionOrCreateCheckStatusResponse(request, id, wait = {}) {
      const status = await waitForEnd(client, id, wait, eitherOf(request?.signal, options.drained));
      if (status === null || !isTerminal(status.runtimeStatus)) return createCheckStatusResponse(request, id);
      if (status.runtimeStatus === "Completed") return jsonResponse(200, payloadJson(status.output));
      return jsonResponse(
        status.runtimeStatus === "Failed" ? 500 : 200,
        statusObject(status, { input: true, details: false, history: null }),
      );
    },
  };
}

const ownOrigin = ({ publicOrigin }: HttpManagementOptions): string => (typeof publicOrigin === "function" ? publicOrigin() : publicOrigin);

const eitherOf = (one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined =>
  one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other]);

/** Throws WAIT_INTERVAL_INVALID when the interval is longer than the timeout. */
export function checkWait(options: WaitOptions): { readonly timeoutMs: number; readonly retryIntervalMs: number } {
  const timeoutMs = options.timeoutMs ?? DEFAULT_WAIT_MS;
  const retryIntervalMs = options.retryIntervalMs ?? Math.min(DEFAULT_RETRY_MS, timeoutMs);
  if (!Number.isFinite(timeoutMs) || !(retryIntervalMs <= timeoutMs))
    throw fault("WAIT_INTERVAL_INVALID", timeoutMs / 1_000, retryIntervalMs / 1_000);
  return { timeoutMs, retryIntervalMs };
}

/**
 * The last status seen when the instance has ended or time is up; null when there is none. A caller that hangs up ends the wait. The instance was
 * accepted before its caller began to wait: that the wait breaks off (this host stops, its store is away) says nothing about the instance, so it
 * is answered as a wait whose time is up.
 */
export async function waitForEnd(client: HubClient, id: string, options: WaitOptions, signal: AbortSignal | undefined) {
  const { timeoutMs } = checkWait(options);
  const wait = {
    instanceId: id,
    until: "completed",
    timeoutMs: Math.max(timeoutMs, 0),
    ...(signal === undefined ? {} : { signal }),
  } as const;
  return client.waitFor(wait).catch(() => null);
}
