import { Server } from "node:net";

/**
 * While `start` runs, servers that are opened without an address listen on 127.0.0.1: that of the library, which serves streamed HTTP, would be open to the whole
 * network, without a key.
 */
export async function listeningLocally<Started>(start: () => Promise<Started>): Promise<Started> {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const [first, second] = args;
    if (first === undefined || typeof first === "function") return Reflect.apply(listen, this, [0, LOCAL, ...args.slice(0, 1)]);
    if (typeof first === "number" && typeof second !== "string") return Reflect.apply(listen, this, [first, LOCAL, ...args.slice(1)]);
    return Reflect.apply(listen, this, args);
  } as typeof listen;
  try {
    return await start();
  } finally {
    Server.prototype.listen = listen;
  }
}

const LOCAL = "127.0.0.1";

/** Where the library listens, as it tells among its capabilities; null: HTTP is not streamed. It names `localhost`, which may be ::1. */
export function streamOrigin(capabilities: { readonly [name: string]: unknown }): string | null {
  const { HttpUri: uri } = capabilities;
  if (typeof uri !== "string" || !URL.canParse(uri)) return null;
  const url = new URL(uri);
  url.hostname = LOCAL;
  return url.origin;
}
