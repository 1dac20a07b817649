import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TaskHub } from "perdure";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import { sharedDatabase } from "../postgres/own-server.ts";

/** More than a start exchanges with its server; it ends by itself before. */
const MOST_MESSAGES = 1_000;

/** How many messages lie between two that are tried. */
export interface Steps {
  /** Of a start that makes the schema. */
  readonly isNew: number;
  /** Of a start that finds it there. */
  readonly isThere: number;
}

/** Connections that break at each message of a start. */
export function runCutStarts(steps: Steps): void {
  describe("connections that are cut while a hub starts on PostgreSQL", { timeout: 580_000 }, () => {
    for (const isNew of [true, false]) {
      test(isNew ? "and makes its schema" : "on a schema that is there", async () => {
        await using database = await sharedDatabase();
        const proxy = await openPostgresProxy(database.url);
        try {
          let cuts = 0;
          const step = isNew ? steps.isNew : steps.isThere;
          for (let n = 1; n < MOST_MESSAGES; n += step) {
            proxy.cutAtMessage = n;
            const url = new URL(proxy.url(database.url));
            url.searchParams.set("schema", isNew && n > 1 ? `s${n}` : "s");
            const hub = await TaskHub.open(url.href, { log: false, storeTimeout: "20s" });
            await hub.start();
            const wasCut = proxy.cutAtMessage === 0;
            proxy.cutAtMessage = 0;
            await hub.close();
            if (!wasCut) break;
            cuts += 1;
          }
          assert.ok(cuts * step > 40, `${cuts} cuts`);
        } finally {
          await proxy.close();
        }
      });
    }
  });
}
