import type { HopAnswer, SendHop } from "../durable-http/hop.ts";
import { httpActivity } from "../durable-http/http-activity.ts";
import { httpFault } from "../durable-http/http-call-error.ts";
import type { Secret, TokenSource } from "../functions/http-calls.ts";
import type { ActivityDefinition } from "../replay/functions/definition.ts";

/** Answers in place of the network: each request of `ctx.callHttp`, each redirect and each look at accepted work. */
export type FakeHttp = (request: Request) => Response | Promise<Response>;

export interface FakeHttpParts {
  /** Null: there is no server in this test. */
  readonly answer: FakeHttp | null;
  readonly maxPayloadBytes: number;
  readonly now: () => number;
}

/** The activity behind `ctx.callHttp`, without a network; tokens and secrets are their names. */
export function fakeHttpActivity({ answer, maxPayloadBytes, now }: FakeHttpParts): ActivityDefinition {
  const tokenSources = anyName<TokenSource>((name) => () => `token-of-${name}`);
  const secrets = anyName<Secret>((name) => `secret-${name}`);
  const settings = { allow: null, privateNetworks: true, tokenSources, secrets };
  return httpActivity({ settings, maxPayloadBytes, now, send: sendTo(answer) });
}

const sendTo =
  (answer: FakeHttp | null): SendHop =>
  async ({ method, url, headers, body }, { signal }) => {
    if (answer === null)
      throw httpFault(
        "HTTP_CALL_FAILED",
        method,
        url.href,
        "a test hub has no network; give createTestHub http: (request) => new Response(…)",
      );
    const request = new Request(url, { method, headers: { ...headers }, signal, ...(body === null ? {} : { body: new Uint8Array(body) }) });
    return hopAnswer(await answer(request));
  };

async function hopAnswer(response: Response): Promise<HopAnswer> {
  const cookies = response.headers.getSetCookie();
  const headers = { ...Object.fromEntries(response.headers), ...(cookies.length === 0 ? {} : { "set-cookie": cookies }) };
  return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) };
}

/** An object that has every name. */
function anyName<Value>(of: (name: string) => Value): { readonly [name: string]: Value } {
  return new Proxy<{ [name: string]: Value }>(
    {},
    {
      get: (_, name) => of(String(name)),
      getOwnPropertyDescriptor: (_, name) => ({ value: of(String(name)), configurable: true, enumerable: true }),
    },
  );
}
