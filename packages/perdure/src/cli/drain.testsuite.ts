import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freshDatabase, withClient } from "../testing/postgres/databases.ts";
import type { PostgresProxy } from "../testing/postgres/proxy.ts";
import { openPostgresProxy } from "../testing/postgres/proxy.ts";
import { sharedPostgres, TEST_SERVERS } from "../testing/postgres/shared-server.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
export const nap = activity("Nap", (ms: number) => new Promise((resolve) => setTimeout(() => resolve(ms), ms)));
export const naps = orchestrator("Naps", async (ctx) => { for (let n = 0; n < 100; n++) await ctx.callActivity(nap, 100); });
export const wait = orchestrator("Wait", async (ctx) => await ctx.waitForExternalEvent("Go"));
`;
const MANAGEMENT = "/runtime/webhooks/durabletask";
const DRAIN_MS = 1_000;
/** For a process to end on a machine that is busy with other things. */
const SLACK_MS = 2_000;

export const HERE: readonly string[] = [];
export const TWO_WORKERS: readonly string[] = ["--workers", "2"];
export const NO_WORKER: readonly string[] = ["--no-worker"];

type Away = (proxy: PostgresProxy, url: string) => void | Promise<void>;
export const stops: Away = (proxy) => {
  proxy.refuses = true;
  proxy.cut();
};
export const hangs: Away = (proxy) => {
  proxy.delayMs = 600_000;
};
export const takesNoWrites: Away = async (proxy, url) => {
  await withClient(url, (client) =>
    client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`),
  );
  proxy.cut();
};

async function host(folder: Folder, store: string, more: readonly string[]): Promise<{ cli: CliProcess; url: string }> {
  folder.write("index.ts", APP);
  const cli = new CliProcess(["start", ".", "--port", "0", "--store", store, "--drain-timeout", "1s", ...more], folder.path);
  const [, url = ""] = await cli.printed(/Management API: (http:\/\/localhost:\d+)\/runtime/);
  await cli.printed(/started in \d+ ms/);
  return { cli, url: url + MANAGEMENT };
}

const start = (url: string, name: string) => fetch(`${url}/orchestrators/${name}`, { method: "POST" });

/** With a caller in front of it whose start is not answered. */
async function terminated(cli: CliProcess, url: string): Promise<void> {
  const unanswered = start(url, "Wait").then(
    ({ status }) => status,
    () => "cut",
  );
  await sleep(500);
  const began = performance.now();
  cli.signal("SIGTERM");
  const code = await Promise.race([cli.exited, sleep(30_000, "never", { ref: false })]);
  const tookMs = Math.round(performance.now() - began);
  assert.equal(code, 0, cli.output);
  assert.ok(tookMs < DRAIN_MS + 5_000 + SLACK_MS, `${tookMs} ms\n${cli.output}`);
  assert.notEqual(await unanswered, 202);
}

/** A connection whose request is still on its way when the host begins to stop. */
class KeptConnection implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
    this.#socket = connect(Number(this.#url.port), "127.0.0.1");
    this.#socket.write("POST ");
  }

  async post(path: string): Promise<string> {
    let text = "";
    this.#socket.on("data", (bytes) => {
      text += bytes.toString();
    });
    this.#socket.write(`${this.#url.pathname}${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
    await once(this.#socket, "close");
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}

export function lockedFileCase(more: readonly string[]): void {
  test(`a file that another program has locked ${more.join(" ")}`, async () => {
    using folder = new Folder();
    const { cli, url } = await host(folder, "file:hub.db", more);
    await using _ = cli;
    await start(url, "Naps");
    using other = new DatabaseSync(join(folder.path, "hub.db"), { timeout: 5_000 });
    other.exec("BEGIN IMMEDIATE");
    await terminated(cli, url);
  });
}

export function callersCase(more: readonly string[]): void {
  test(`callers that wait are told that their start was accepted, and new ones that nothing was ${more.join(" ")}`, async () => {
    using folder = new Folder();
    const { cli, url } = await host(folder, "file:hub.db", more);
    await using _ = cli;
    await start(url, "Naps");
    const waits = ["Wait/order-7", "Wait"].map((name) => start(url, `${name}?timeout=30&pollingInterval=1`));
    await using idle = new KeptConnection(url); // made before the door is closed to new ones
    await sleep(500);
    cli.signal("SIGTERM");
    await cli.printed(/draining/);
    assert.match(await idle.post("/orchestrators/Wait"), /^HTTP\/1\.1 503 .*retry-after: 5.*"accepted":"no"/is);
    for (const response of await Promise.all(waits.map((wait) => wait.catch((error) => assert.fail(`${error}\n${cli.output}`))))) {
      const { id } = (await response.json()) as { readonly id: string };
      assert.deepEqual([response.status, response.headers.get("location")?.includes(`/instances/${id}`)], [202, true]);
    }
    assert.equal(await cli.exited, 0);
  });
}

export function postgresCase(away: Away, more: readonly string[]): void {
  test(`PostgreSQL that ${away.name} ${more.join(" ")}`, async () => {
    using folder = new Folder();
    await using database = await freshDatabase(await sharedPostgres(TEST_SERVERS.at(-1) ?? "given"));
    const proxy = await openPostgresProxy(database.url);
    const { cli, url } = await host(folder, proxy.url(database.url), more);
    try {
      await start(url, "Naps");
      await away(proxy, database.url);
      await terminated(cli, url);
    } finally {
      await cli[Symbol.asyncDispose]();
      await proxy.close();
    }
  });
}
