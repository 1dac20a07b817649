import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

/** A server on a port of its own of this machine, for as long as a test needs it. */
export interface LocalServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  readonly requests: number;
}

export async function localServer(answer: Answer): Promise<LocalServer> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests++;
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += String(part);
    await answer(request, response, body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
