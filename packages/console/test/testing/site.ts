import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostConsoleOptions } from "../../../perdure/src/console/open-console.ts";
import { openConsole } from "../../../perdure/src/console/open-console.ts";
import type { RegisteredFunction } from "../../../perdure/src/functions/registry.ts";
import { createHttpHandler, serveHttp } from "../../../perdure/src/http/index.ts";
import type { Store } from "../../../perdure/src/store/contract.ts";
import { TaskHub } from "../../../perdure/src/task-hub/task-hub.ts";
import { buildConsole } from "../../build.ts";

export interface Site {
  readonly hub: TaskHub;
  /** Where the console is, as a person would type it. */
  readonly url: string;
  close(): Promise<void>;
}

export interface SiteOptions extends Omit<HostConsoleOptions, "files" | "path"> {
  /** A URL, or one that is open already. */
  readonly store?: string | Store;
  readonly functions: readonly RegisteredFunction[];
  /** Default true. */
  readonly startsWorker?: boolean;
}

let page: string | null = null;

/** The page, built once in a process, into a folder of its own. */
async function builtPage(): Promise<string> {
  if (page !== null) return page;
  page = mkdtempSync(join(tmpdir(), "perdure-page-"));
  const made = page;
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  await buildConsole(page);
  return page;
}

/** A host as `perdure start` makes it, in this process: a hub with a worker, HTTP, and the console. */
export async function openSite({ store = "memory:", functions, startsWorker = true, ...options }: SiteOptions): Promise<Site> {
  const [url, opened] = typeof store === "string" ? [store, {}] : ["memory:", { store }];
  const hub = await TaskHub.open(url, { ...opened, functions, log: false, keys: options.keys ?? [], name: "orders" });
  if (startsWorker) await hub.start();
  const paths = { functions: "/api", management: "/runtime/webhooks/durabletask", metrics: null };
  const site = openConsole(hub, { ...options, paths, version: "0.4.0", files: await builtPage() });
  const handler = createHttpHandler(hub, { mounts: [site] });
  const served = await serveHttp({ handler, port: 0 });
  return {
    hub,
    url: `${served.url}/console/`,
    async close() {
      site.endStreams();
      await served.close();
      await hub.close();
    },
  };
}

/** A proxy that has this host below a path of its own, and takes the path away. */
export async function behindPrefix(url: string, prefix: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "/";
    if (!path.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end("not below the prefix");
      return;
    }
    const { method, headers } = incoming;
    const own = { ...headers, host: target.host, ...(headers.origin === undefined ? {} : { origin: target.origin }) };
    const passed = request(
      { host: target.hostname, port: target.port, path: path.slice(prefix.length), ...{ method, headers: own } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://localhost:${port}${prefix}${target.pathname}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
