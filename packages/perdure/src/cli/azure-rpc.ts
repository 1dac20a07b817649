import type { HttpSettings } from "../azure/settings/http-settings.ts";
import type { HttpHandler } from "../http/handler.ts";
import { createHttpHandler } from "../http/index.ts";
import { serveHttp } from "../http/node-server.ts";
import { nodeCrypto } from "../process/node-crypto.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import { hubWith } from "./hub-with-routes.ts";

/** The management API once more, for the library in the app's threads: on the loopback address, on any free port, without a key, under a path that cannot be guessed. */
export interface AzureRpc {
  /** With a slash at its end. */
  readonly baseUrl: string;
  connect(hub: TaskHub): void;
  close(): Promise<void>;
}

/** It listens before the app is loaded, which is told its address; requests are answered 503 until the hub is open. */
export async function openAzureRpc({ onExisting }: Pick<HttpSettings, "onExisting">): Promise<AzureRpc> {
  const basePath = `/${nodeCrypto().randomBytes(16).toString("hex")}/durabletask`;
  let inner: HttpHandler | null = null;
  const handler: HttpHandler = Object.assign(
    (request: Request) => inner?.(request) ?? Promise.resolve(new Response(null, { status: 503 })),
    { demandsKey: false, serves: () => true, endStreams: () => {} },
  );
  const server = await serveHttp({ handler, port: 0, hostname: "127.0.0.1" });
  return {
    baseUrl: `${server.url}${basePath}/`,
    connect: (hub) => {
      inner = createHttpHandler(hubWith(hub, []), { basePath, keys: [], probes: false, onExisting });
    },
    close: () => server.close({ timeoutMs: 0 }),
  };
}
