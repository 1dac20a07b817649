import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Client } from "pg";
import { instanceNo } from "../../../src/model/ids.ts";
import type { InstanceFilter, InstanceQuery } from "../../../src/store/queries.ts";
import type { Statement } from "../../../src/stores/postgres/connections/link.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import { backlogStatement } from "../../../src/stores/postgres/reads/backlog.ts";
import { historyRangeStatement } from "../../../src/stores/postgres/reads/history-range.ts";
import { countInstances, queryPage } from "../../../src/stores/postgres/reads/query-page.ts";
import { withClient } from "../../../src/testing/postgres/databases.ts";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { START_OF_TIME } from "../../../src/testing/store-conformance/fixture.ts";
import { birth, ending, Hand } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

const ROWS = 3_000;
const ANY: InstanceFilter = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null };
const PAGE = { limit: 10, lookAtMost: 50_000, continuation: null } as const;

/** By which index the rows of each filter are found. */
const CASES: readonly (readonly [index: string, query: Partial<InstanceQuery>])[] = [
  ["instances_created", {}],
  ["instances_created", { newestFirst: true, showEntities: false }],
  ["instances_created", { createdFrom: START_OF_TIME + 100, name: "ship" }],
  ["instances_open", { open: true }],
  ["instances_open", { statuses: ["Pending", "Suspended"], newestFirst: true }],
  ["instances_unhappy", { statuses: ["Failed"] }],
  ["instances_unhappy", { statuses: ["Failed", "Terminated"], orderBy: "ended", newestFirst: true }],
  ["instances_completed", { orderBy: "ended" }],
  ["instances_completed", { endedFrom: START_OF_TIME + 2_900 }],
  ["instances_instance_id", { idPrefix: "i29" }],
  ["instances_parent", { parent: instanceNo(7) }],
  ["instances_stopped", { stopped: true }],
];

/** Every statement of one call, with the plan that the server has for it. */
async function plansOf(client: Client, call: (read: Parameters<typeof queryPage>[1]) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  await call(async ({ text, values = [] }) => {
    const { rows } = await client.query<{ readonly "QUERY PLAN": string }>(`EXPLAIN ${text}`, [...values]);
    plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    return (await client.query(text, [...values])).rows;
  });
  return plans.join("\n");
}

describe("postgres: lists", { timeout: 60_000 }, () => {
  const server = TEST_SERVERS.at(-1);
  if (server === undefined) throw new Error("there is no PostgreSQL to test with");
  const database = new TestDatabase(server);
  after(() => database.drop());

  test("each is found by its index, and none mentions a status", async () => {
    const url = await database.freshUrl();
    const schema = `"${new URL(url).searchParams.get("schema")}"`;
    const store = await openPostgresStore({ url });
    try {
      const hand = await Hand.join(store, {});
      const nos = await hand.numbers(ROWS);
      await hand.commit({ creates: nos.map((no, index) => birth(no, `i${index}`, { createdAt: START_OF_TIME + index })) });
      const ends = nos.filter((_, index) => index % 100 > 0);
      const statusOf = (index: number) => (index % 50 === 0 ? ({ status: "Failed" } as const) : {});
      await hand.commit({ updates: ends.map((no, index) => ({ ...ending(no, 0), ...statusOf(index), updatedAt: START_OF_TIME + index })) });
      await withClient(url.split("?")[0]!, async (client) => {
        await client.query(`VACUUM ANALYZE ${schema}.instances`);
        // 3,000 rows are 60 pages: what is right for them is not what is meant here.
        await client.query("SET enable_seqscan = off");
        for (const [index, query] of CASES) {
          const page = await plansOf(client, (read) => queryPage(schema, read, { ...ANY, ...PAGE, ...query }));
          assert.match(page, new RegExp(`${index}\\b`), `${JSON.stringify(query)}\n${page}`);
          const counted = await plansOf(client, (read) =>
            countInstances(schema, read, { filter: { ...ANY, ...query }, cap: 100, lookAtMost: 1_000 }),
          );
          for (const plan of [page, counted]) assert.doesNotMatch(plan, /Seq Scan on instances/, JSON.stringify(query));
        }
        const plan = async ({ text, values = [] }: Statement) => {
          const { rows } = await client.query<{ readonly "QUERY PLAN": string }>(`EXPLAIN ${text}`, [...values]);
          return rows.map((row) => row["QUERY PLAN"]).join("\n");
        };
        const part = await plan(historyRangeStatement(schema, { no: instanceNo(7), generation: 0, from: -5, limit: 5, maxBytes: 1_000 }));
        const backlog = await plan(backlogStatement(schema, 10));
        for (const index of ["instances_ready", "tasks_free", "tasks_suspect", "tasks_claimed"])
          assert.match(backlog, new RegExp(`${index}\\b`), backlog);
        assert.match(part, /history_pkey/, part);
        for (const one of [part, backlog]) assert.doesNotMatch(one, /Seq Scan on (?:instances|history|tasks)/, one);
        const { rows } = await client.query(
          "SELECT indexdef FROM pg_indexes WHERE schemaname = $1 AND tablename = 'instances' AND indexdef ~ '\\mstatus\\M'",
          [schema.slice(1, -1)],
        );
        assert.deepEqual(rows, [], "the first episode changes the status: no update of a row would be HOT");
      });
    } finally {
      await store.close();
    }
  });
});
