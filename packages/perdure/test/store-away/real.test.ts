import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { activity, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { until } from "../../src/process/testing/until.ts";
import { withClient } from "../../src/testing/postgres/databases.ts";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import { sharedDatabase } from "../postgres/own-server.ts";

const ACCEPT_MS = 2_000;
const SLACK_MS = 6_000;
const BASE = "http://localhost:7071/runtime/webhooks/durabletask";

interface Place {
  readonly url: string;
  /** Makes the store take no writes; what it gives ends that. */
  away(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

async function lockedFile(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-away-"));
  const path = join(folder, "hub.db");
  return {
    url: `file:${path}`,
    async away() {
      const other = new DatabaseSync(path);
      other.exec("BEGIN IMMEDIATE");
      return async () => other.close();
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function postgres(kind: "stopped" | "read-only"): Promise<Place> {
  const database = await sharedDatabase();
  const proxy = await openPostgresProxy(database.url);
  const name = new URL(database.url).pathname.slice(1);
  const readOnly = (value: string) =>
    withClient(database.url, async (client) => {
      await client.query("SET default_transaction_read_only = off");
      await client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
    });
  return {
    url: proxy.url(database.url),
    async away() {
      if (kind === "stopped") proxy.refuses = true;
      else await readOnly("on");
      proxy.cut();
      return async () => {
        if (kind === "stopped") proxy.refuses = false;
        else await readOnly("off");
        proxy.cut();
      };
    },
    async close() {
      await proxy.close();
      await database.drop();
    },
  };
}

const PLACES = {
  "a locked file": lockedFile,
  "a PostgreSQL server that is stopped": () => postgres("stopped"),
  "a PostgreSQL server that takes no writes": () => postgres("read-only"),
} as const;

describe("a start while the store takes no writes: answered in time, and never executed when it was not accepted", {
  concurrency: true,
}, () => {
  for (const [what, make] of Object.entries(PLACES)) {
    for (const isClient of [false, true]) {
      test(`${what}${isClient ? ", by a client alone" : ""}`, { timeout: 120_000 }, async () => {
        const runs: string[] = [];
        const note = activity("note", (id: string) => runs.push(id));
        const works = orchestrator("works", (ctx) => ctx.callActivity(note, ctx.instanceId));
        const place = await make();
        const open = () => TaskHub.open(place.url, { functions: [note, works], log: false, acceptTimeout: `${ACCEPT_MS}ms` });
        const hub = await open();
        const door = isClient ? await open() : hub;
        try {
          await hub.start();
          const handler = createHttpHandler(door);
          const start = async (id: string) => {
            const began = performance.now();
            const response = await handler(new Request(`${BASE}/orchestrators/works/${id}`, { method: "POST" }));
            assert.ok(performance.now() - began < ACCEPT_MS + SLACK_MS, `${id}: ${performance.now() - began} ms`);
            const body = (await response.json()) as { readonly accepted?: string; readonly instanceId?: string };
            assert.equal(response.status, 503, JSON.stringify(body));
            assert.equal(response.headers.get("retry-after"), "5");
            return { id, ...body };
          };
          await (await door.client.startNew(works, { instanceId: "before" })).result();
          const back = await place.away();
          const answers = await Promise.all(["a", "b"].map(start));
          answers.push(...(await Promise.all(["c", "d"].map(start))));
          await back();
          await until(
            "it takes writes again",
            () =>
              door.client.startNew(works, { onExisting: "attach", instanceId: "after" }).then(
                () => true,
                () => false,
              ),
            60_000,
          );
          await (await door.client.startNew(works, { onExisting: "attach", instanceId: "after" })).result();
          for (const { id, accepted } of answers) {
            assert.ok(accepted === "no" || accepted === "unknown", `${id}: ${accepted}`);
            if (accepted === "no") assert.equal(await door.client.getStatus(id), null, `${id} was withdrawn`);
            // A repeat finds it or starts it.
            const run = await door.client.startNew(works, { instanceId: id });
            await run.result();
          }
          assert.deepEqual(runs.toSorted(), ["a", "after", "b", "before", "c", "d"]);
        } finally {
          if (door !== hub) await door.close();
          await hub.close();
          await place.close();
        }
      });
    }
  }
});
