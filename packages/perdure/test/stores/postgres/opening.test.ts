import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { PerdureError } from "../../../src/errors/perdure-error.ts";
import { parseLocation } from "../../../src/stores/postgres/location.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { freePort } from "../../../src/testing/postgres/free-port.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { Hand } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const refusedWith = (code: string, text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PerdureError);
  assert.equal(error.code, code);
  assert.match(error.message, text);
  assert.doesNotMatch(error.message, /secret/);
  return true;
};

describe("postgres: where a task hub lies", () => {
  test("the schema comes from the URL, and the password is never shown", () => {
    const { schema, shown, connectionString } = parseLocation("postgres://me:secret@db.example:5433/app?schema=orders&sslmode=require");
    assert.deepEqual([schema, shown], ["orders", "postgres://me@db.example:5433/app?schema=orders"]);
    assert.equal(connectionString, "postgres://me:secret@db.example:5433/app?sslmode=require");
    assert.equal(parseLocation("postgres://me@db/app").schema, "perdure");
    assert.equal(parseLocation("postgresql://db/app?password=secret").shown, "postgresql://db/app?schema=perdure");
  });

  test("a bad URL or schema name is an error that names it", () => {
    assert.throws(() => parseLocation("postgres://me:secret@:::/x"), refusedWith("STORE_URL_INVALID", /me|…@/));
    for (const schema of ["pg_mine", "a b", 'x"y', "", "x".repeat(51)]) {
      assert.throws(() => parseLocation("postgres://me:secret@db/app", schema), refusedWith("OPTION_INVALID", /"schema"/));
    }
  });

  test("a server that is not there", async () => {
    const url = `postgres://me:secret@127.0.0.1:${await freePort()}/app`;
    await assert.rejects(openPostgresStore({ url }), refusedWith("STORE_UNREACHABLE", /me@127\.0\.0\.1.*ECONNREFUSED/));
  });
});

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: opening`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    const change = async (url: string, sql: (schema: string) => string) => {
      const schema = new URL(url).searchParams.get("schema") ?? "";
      await withClient(url.split("?")[0]!, (client) => client.query(sql(`"${schema}"`)));
    };

    test("a schema of a newer release is not touched", async () => {
      const url = await database.freshUrl();
      await (await openPostgresStore({ url })).close();
      await change(url, (schema) => `INSERT INTO ${schema}.migrations VALUES (1000, 'from the future')`);
      await assert.rejects(openPostgresStore({ url }), refusedWith("STORE_SCHEMA_TOO_NEW", /schema version 1000; this release knows/));
    });

    test("a schema with tables of others is not touched", async () => {
      const url = await database.freshUrl();
      await change(url, (schema) => `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.customers ()`);
      await assert.rejects(openPostgresStore({ url }), refusedWith("STORE_SCHEMA_FOREIGN", /tables that are not Perdure's/));
    });

    test("an empty schema is used as it is, whatever the search path and the default isolation are", async () => {
      const url = await database.freshUrl();
      await change(url, (schema) => `CREATE SCHEMA ${schema}`);
      const odd = new URL(url);
      odd.searchParams.set("options", "-c search_path=pg_catalog -c default_transaction_isolation=serializable");
      const store = await openPostgresStore({ url: odd.href });
      try {
        const hand = await Hand.join(store, {});
        await hand.own("i");
        assert.equal((await store.dump()).instances.length, 1);
      } finally {
        await store.close();
      }
    });

    test("a database in another encoding is refused", async () => {
      const url = await database.freshUrl();
      const plain = url.split("?")[0]!;
      await withClient(plain, (client) => client.query(`CREATE DATABASE latin_${server} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`));
      try {
        const latin = new URL(url);
        latin.pathname = `/latin_${server}`;
        await assert.rejects(openPostgresStore({ url: latin.href }), refusedWith("STORE_SERVER_UNFIT", /its encoding is LATIN1/));
      } finally {
        await withClient(plain, (client) => client.query(`DROP DATABASE latin_${server} WITH (FORCE)`));
      }
    });

    test("people can look: the views show instances, tasks and workers", async () => {
      const url = await database.freshUrl();
      const schema = new URL(url).searchParams.get("schema") ?? "";
      const store = await openPostgresStore({ url });
      try {
        const hand = await Hand.join(store, {});
        await hand.own("i");
        await withClient(url.split("?")[0]!, async (client) => {
          const { rows } = await client.query(`SELECT instance_id, status, state, worker, input FROM "${schema}".instance_list`);
          assert.deepEqual(rows, [
            { instance_id: "i", status: "Pending", state: "owned", worker: String(hand.worker), input: '{"order":7}' },
          ]);
          const { rows: workers } = await client.query(`SELECT host, alive, owned FROM "${schema}".worker_list`);
          assert.deepEqual(workers, [{ host: "test", alive: true, owned: "1" }]);
          assert.deepEqual((await client.query(`SELECT * FROM "${schema}".open_tasks`)).rows, []);
        });
      } finally {
        await store.close();
      }
    });
  });
}
