/** An answer that is not 2xx, or none at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, hint: string | null) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Relative to the page: it works below any path of any proxy. */
const BASE = "./api/v1";
const SIGN_IN = 401;
const NO_CONTENT = 204;

type Method = "GET" | "POST" | "DELETE";

/** Values of a query: what is undefined is left out, a list is joined by commas. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

let signedOut: () => void = () => {};

/** Called when the host says that nobody is signed in (any more). */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> =>
  send<T>("GET", `${path}${queryText(query)}`, undefined, signal);

export const post = <T>(path: string, body: object, signal?: AbortSignal): Promise<T> => send<T>("POST", path, body, signal);

export const remove = <T>(path: string): Promise<T> => send<T>("DELETE", path, {}, undefined);

/** Whole text of an answer, which is JSON with all its digits: `JSON.parse` would lose some. */
export async function getText(path: string, query: Query = {}, signal?: AbortSignal): Promise<string> {
  const response = await answer("GET", `${path}${queryText(query)}`, undefined, signal);
  return await response.text();
}

export const streamAddress = (watched: readonly string[]): string => {
  const query = new URLSearchParams(watched.map((id) => ["watch", id]));
  return `${BASE}/stream${watched.length === 0 ? "" : `?${query}`}`;
};

/** One part of a path. */
export const part = (text: string): string => encodeURIComponent(text);

async function send<T>(method: Method, path: string, body: object | undefined, signal: AbortSignal | undefined): Promise<T> {
  const response = await answer(method, path, body, signal);
  return (response.status === NO_CONTENT ? null : await response.json()) as T;
}

async function answer(method: Method, path: string, body: object | undefined, signal: AbortSignal | undefined): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json", "x-perdure-console": "1" };
  }
  if (signal !== undefined) init.signal = signal;
  const response = await fetch(`${BASE}${path}`, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "HOST_AWAY", "The host does not answer.", "Is it still running?");
  });
  if (response.ok) return response;
  if (response.status === SIGN_IN) signedOut();
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const { code, message, hint } = (typeof body === "object" && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  return new ApiError(
    response.status,
    typeof code === "string" ? code : `HTTP_${response.status}`,
    typeof message === "string" ? message : `The host answered ${response.status} ${response.statusText}.`,
    typeof hint === "string" ? hint : null,
  );
}

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = Array.isArray(value) ? value.join(",") : String(value);
    return text === "" ? [] : [[name, text]];
  });
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
