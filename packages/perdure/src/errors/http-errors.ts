import { entry } from "./entry.ts";
import { inHost, list } from "./sentences.ts";

const REFUSED = {
  private:
    "is of this machine or of a private network, and such addresses are not called unless the hub is opened with http: { privateNetworks: true }",
  notAllowed: "is refused by http.allow of the hub",
} as const;

/** The part of the catalogue for `ctx.callHttp`. */
export const HTTP_ERRORS = {
  HTTP_CALL_FAILED: entry(
    "function",
    500,
    (method: string, url: string, why: string) =>
      `${method} ${url} has no answer: ${why}. Check the address and the server; give the call a retry policy if that passes by itself.`,
  ),
  HTTP_CALL_STATUS: entry(
    "function",
    500,
    (method: string, url: string, status: number) =>
      `${method} ${url} was answered with status ${status}, which the retry policy of the call counts as a failure. Catch it, or name the statuses to try again: retry: { statusCodes: [429, 503] }.`,
  ),
  HTTP_CALL_REFUSED: entry(
    "function",
    500,
    (method: string, url: string, address: string, why: keyof typeof REFUSED) =>
      `${method} ${url} was not sent: its address ${address} ${REFUSED[why]}. Call another address, or change that option.`,
  ),
  HTTP_CALL_UNKNOWN_NAME: entry(
    "function",
    500,
    (what: "secret" | "token source", name: string, known: readonly string[]) =>
      `An HTTP call names the ${what} "${name}", which this hub does not have. Known ones: ${list(known)}. Correct the name, or add it to ${what === "secret" ? "http.secrets" : "http.tokenSources"} of TaskHub.open in every worker.`,
  ),
  HTTP_CALL_NO_SECRET: entry(
    "function",
    500,
    (what: "secret" | "token source", name: string, url: string, why: string) =>
      `The ${what} "${name}" gave nothing for ${url}: ${why}. Correct it; give the call a retry policy if that passes by itself.`,
  ),
  HTTP_CALL_TOO_LARGE: entry(
    "function",
    500,
    (method: string, url: string, limit: number) =>
      `The answer of ${method} ${url} is larger than ${limit} bytes as it would be recorded. Ask for less, raise ${inHost("maxPayloadBytes")}, or call it in an activity of your own that keeps the data elsewhere.`,
  ),
  HTTP_CALL_REDIRECTS: entry(
    "function",
    500,
    (method: string, url: string, most: number, last: string) =>
      `${method} ${url} was redirected more than ${most} times, at last to ${last}. Correct the address or the server.`,
  ),
} as const;
