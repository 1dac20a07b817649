import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { payload } from "../../../src/model/payload.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { append, ending, event, Hand, id, refused, spec, task, toNo, update } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

/** What PostgreSQL's text cannot hold, or what might be changed on the way. */
const ODD = [
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udc00 and \ud800 mixed",
  "\ufeffBOM",
  "\\x00",
  "\\u0000",
  '{"a",NULL}',
  "'; --",
  "\u{10ffff}",
  "é".repeat(9_000),
];

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: texts`, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("any payload comes back as it went, even what no text column takes", async () => {
      const store = await openPostgresStore({ url: await database.freshUrl() });
      try {
        const hand = await Hand.join(store, {});
        for (const [index, odd] of ODD.entries()) {
          const name = `i${index}`;
          await store.start({ start: spec(name, { input: payload(odd) }), onExisting: "error" });
          const { no, version } = (await hand.claim())[0]!;
          await hand.commit({
            history: [append(no, 0, 1, odd)],
            updates: [update(no, version, { customStatus: odd })],
            messages: [toNo(no, event("e", { input: payload(odd) }))],
            newTasks: [task(no, 1, { body: odd, progress: odd })],
          });
          const loaded = (await store.load([no]))[0]!;
          assert.deepEqual([loaded.row.input, loaded.row.customStatus, loaded.history[0]?.events], [odd, odd, odd]);
          assert.deepEqual([loaded.tasks[0]?.body, loaded.tasks[0]?.progress], [odd, odd]);
          assert.equal(JSON.parse(loaded.inbox[0]!.body).input, odd);
          await hand.commit({ updates: [ending(no, version + 1, odd)] });
          assert.equal((await store.getInstance(id(name)))?.output, odd);
        }
      } finally {
        await store.close();
      }
    });

    test("ids that PostgreSQL cannot keep are refused with the reason, and belong to no instance", async () => {
      const store = await openPostgresStore({ url: await database.freshUrl() });
      try {
        for (const bad of ["\u0000", "half \ud800"]) {
          const refusal = await refused(store.start({ start: spec(bad), onExisting: "error" }), "refusedData");
          assert.match(refusal.detail, /U\+0000 or half of a surrogate pair/);
          assert.equal(await store.getInstance(id(bad)), null);
          assert.deepEqual(await store.readHistory(id(bad)), []);
        }
      } finally {
        await store.close();
      }
    });
  });
}
