import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { OFFERED_VERSIONS } from "./binaries.ts";
import { freshDatabase, withClient } from "./databases.ts";
import { startPostgres } from "./server.ts";
import { sharedPostgres, TEST_SERVERS } from "./shared-server.ts";

const setting = (url: string, name: string): Promise<unknown> =>
  withClient(
    url,
    async (client) => (await client.query<{ readonly value: string }>("SELECT current_setting($1) AS value", [name])).rows[0]?.value,
  );

describe("PostgreSQL for tests", { timeout: 60_000 }, () => {
  for (const version of OFFERED_VERSIONS) {
    test(`PostgreSQL ${version} starts, keeps its data over a kill, stops and is gone`, async () => {
      const server = await startPostgres({ version });
      try {
        assert.match(String(await setting(server.url, "server_version")), new RegExp(`^${version}\\.`));
        assert.equal(await setting(server.url, "fsync"), "on");
        await withClient(server.url, (client) => client.query("CREATE TABLE kept AS SELECT 7 AS n"));
        await server.kill();
        await assert.rejects(
          withClient(server.url, (client) => client.query("SELECT 1")),
          /ECONNREFUSED/,
        );
        await server.restart();
        await withClient(server.url, async (client) => assert.deepEqual((await client.query("SELECT n FROM kept")).rows, [{ n: 7 }]));
      } finally {
        await server.stop();
      }
      assert.equal(existsSync(server.dataDirectory), false);
    });
  }

  for (const name of TEST_SERVERS) {
    test(`databases on the shared server "${name}" do not see each other, and a connection left open fails its test`, async () => {
      const server = await sharedPostgres(name);
      await using one = await freshDatabase(server);
      await withClient(one.url, (client) => client.query("CREATE TABLE mine AS SELECT 1 AS n"));
      const copy = await freshDatabase(server, { template: one.name });
      const other = await freshDatabase(server, { graceMs: 50 });
      await withClient(copy.url, async (client) => assert.equal((await client.query("SELECT n FROM mine")).rowCount, 1));
      await withClient(other.url, async (client) => {
        await assert.rejects(client.query("SELECT n FROM mine"), /does not exist/);
        await assert.rejects(other.drop(), /1 connections are left open on perdure_test_\w+:\n.*"application": "perdure test harness"/);
        await assert.rejects(client.query("SELECT 1"));
      });
      await copy.drop();
    });
  }

  test("a server ends with the process that started it, also when that is killed", async () => {
    const module = fileURLToPath(new URL("./server.ts", import.meta.url));
    const script = `
      const { startPostgres } = await import(${JSON.stringify(module)});
      const { url, dataDirectory } = await startPostgres({ version: "18", settings: { fsync: "off" } });
      process.stdout.write(JSON.stringify({ url, dataDirectory }));
      setInterval(() => {}, 1_000);`;
    const owner = spawn(process.execPath, ["-C", "perdure-source", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(owner.stdout, "data")) as [Buffer];
    const { url, dataDirectory } = JSON.parse(said.toString()) as { readonly url: string; readonly dataDirectory: string };
    await withClient(url, (client) => client.query("SELECT 1"));
    owner.kill("SIGKILL");
    const deadline = performance.now() + 5_000;
    while (existsSync(dataDirectory) && performance.now() < deadline) await sleep(20);
    assert.equal(existsSync(dataDirectory), false);
    await assert.rejects(
      withClient(url, (client) => client.query("SELECT 1")),
      /ECONNREFUSED/,
    );
  });
});
