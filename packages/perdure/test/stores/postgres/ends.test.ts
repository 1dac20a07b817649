import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { EndsPlace } from "../../../src/store/ends.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { ending, Hand } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

for (const server of TEST_SERVERS) {
  describe(`postgres ${server}: ends that become visible late`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("an end whose transaction began before an answer and is committed after it is told once", async () => {
      const url = await database.freshUrl();
      const store = await openPostgresStore({ url });
      let place: EndsPlace = (await store.readEnded(null)).upTo;
      const asked = async () => {
        const { ended, upTo } = await store.readEnded(place);
        place = upTo;
        return ended;
      };
      try {
        await withClient(url.split("?")[0]!, async (slow) => {
          const schema = new URL(url).searchParams.get("schema");
          const hand = await Hand.join(store, {});
          const [late, quick, later] = await hand.own("late", "quick", "later");
          await slow.query("BEGIN");
          await slow.query(
            `UPDATE "${schema}".instances SET status = 'Completed', owner = NULL, wake_at = NULL, completed_at = "${schema}".now_ms() WHERE no = $1`,
            [late],
          );
          await hand.commit({ updates: [ending(quick!, 0)] });
          assert.deepEqual(await asked(), ["quick"]);
          assert.deepEqual(await asked(), []);
          await slow.query("COMMIT");
          assert.deepEqual(await asked(), ["late"]);
          await hand.commit({ updates: [ending(later!, 0)] });
          assert.deepEqual(await asked(), ["later"]);
          assert.deepEqual(await asked(), []);
        });
      } finally {
        await store.close();
      }
    });
  });
}
