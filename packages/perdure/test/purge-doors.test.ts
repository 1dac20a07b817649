import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runCommand } from "../src/cli/testing/run-command.ts";
import { createHttpHandler } from "../src/http/index.ts";
import type { DurableClient, PurgeFilter } from "../src/index.ts";
import { orchestrator, PerdureError, TaskHub } from "../src/index.ts";
import { createTestHub } from "../src/testing/index.ts";

/** Every door by which many instances can be deleted, times every filter that cannot be read: refused, and nothing is deleted. */

const ok = orchestrator("Ok", async (_ctx, value: number) => value);
const bad = orchestrator("Bad", async (_ctx, value: number): Promise<number> => {
  throw new Error(`no ${value}`);
});
const functions = [ok, bad];

const DAY_MS = 86_400_000;
const yesterday = () => new Date(Date.now() - DAY_MS);
const tomorrow = () => new Date(Date.now() + DAY_MS);

const idsOf = async (client: DurableClient) => (await Array.fromAsync(client.query())).map(({ instanceId }) => instanceId).toSorted();

type UnreadFilter = { readonly [key: string]: unknown };

const LIBRARY: readonly (readonly [string, unknown, string, RegExp])[] = [
  ["no filter", undefined, "OPTION_INVALID", /"filter" is .*expected at least one of runtimeStatus, createdFrom, createdTo/],
  ["null", null, "OPTION_INVALID", /"options" is null/],
  ["a string", "Failed", "OPTION_INVALID", /"options" is "Failed"/],
  ["a list", ["Failed"], "OPTION_INVALID", /"options"/],
  ["a date", yesterday(), "OPTION_INVALID", /"options"/],
  ["an empty object", {}, "OPTION_INVALID", /"filter" is \{\}; expected at least one of/],
  ["dryRun alone", { dryRun: false }, "OPTION_INVALID", /"filter" is \{ dryRun: false \}/],
  ["a misspelt key", { createdUntil: yesterday() }, "OPTION_UNKNOWN", /purgeBy has no option "createdUntil"/],
  ["a misspelt key beside a right one", { runtimeStatus: ["Failed"], createdto: yesterday() }, "OPTION_UNKNOWN", /"createdto"/],
  ["a prefix by another name", { createdFrom: yesterday(), idPrefix: "x" }, "OPTION_UNKNOWN", /"idPrefix"/],
  ["a misspelt dryRun", { createdFrom: yesterday(), dryrun: true }, "OPTION_UNKNOWN", /"dryrun"/],
  ["dryRun as a string", { createdFrom: yesterday(), dryRun: "true" }, "OPTION_INVALID", /"dryRun" is "true"/],
  ["dryRun undefined", { createdFrom: yesterday(), dryRun: undefined }, "OPTION_INVALID", /"dryRun" is undefined/],
  [
    "an unknown status",
    { runtimeStatus: ["Failde"] },
    "OPTION_INVALID",
    /"runtimeStatus" is \["Failde"\]; expected a list of at least one of/,
  ],
  ["an unknown status beside a known one", { runtimeStatus: ["Failed", "Fialed"] }, "OPTION_INVALID", /"runtimeStatus"/],
  ["no status", { runtimeStatus: [] }, "OPTION_INVALID", /"runtimeStatus" is \[\]/],
  ["no status beside a date", { runtimeStatus: [], createdFrom: yesterday() }, "OPTION_INVALID", /"runtimeStatus"/],
  ["a status without a list", { runtimeStatus: "Failed" }, "OPTION_INVALID", /"runtimeStatus" is "Failed"/],
  ["statuses that are not strings", { runtimeStatus: [3] }, "OPTION_INVALID", /"runtimeStatus" is \[3\]/],
  ["statuses with holes", { runtimeStatus: ["Failed", undefined] }, "OPTION_INVALID", /"runtimeStatus"/],
  ["a status undefined", { runtimeStatus: undefined }, "OPTION_INVALID", /"runtimeStatus" is undefined/],
  ["a status null", { runtimeStatus: null }, "OPTION_INVALID", /"runtimeStatus" is null/],
  ["createdTo undefined", { createdFrom: yesterday(), createdTo: undefined }, "OPTION_INVALID", /"createdTo" is undefined/],
  ["createdTo null", { createdFrom: yesterday(), createdTo: null }, "OPTION_INVALID", /"createdTo" is null/],
  ["an invalid date", { createdFrom: new Date("soon") }, "OPTION_INVALID", /"createdFrom" is an invalid Date; expected a valid Date/],
  ["milliseconds", { createdFrom: Date.now() - DAY_MS }, "OPTION_INVALID", /"createdFrom" is \d+/],
  ["seconds as a string", { createdFrom: "1577836800" }, "OPTION_INVALID", /"createdFrom" is "1577836800"/],
  ["a word", { createdFrom: yesterday(), createdTo: "yesterday" }, "OPTION_INVALID", /"createdTo" is "yesterday"/],
  ["an empty string", { createdFrom: yesterday(), createdTo: "" }, "OPTION_INVALID", /"createdTo" is ""/],
  ["an object", { createdFrom: {} }, "OPTION_INVALID", /"createdFrom" is \{\}/],
];

const refusedAs = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof PerdureError && error.code === code && text.test(error.message);

describe("a library filter that cannot be read deletes nothing", () => {
  for (const [store, url] of [
    ["memory", () => "memory:"],
    ["a SQLite file", (folder: string) => `file:${join(folder, "hub.db")}`],
  ] as const) {
    describe(`on ${store}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "perdure-purge-"));
      let hub: TaskHub;
      before(async () => {
        hub = await TaskHub.open(url(folder), { functions, log: false });
        await hub.start();
        await (await hub.client.startNew(ok, { input: 1, instanceId: "ok" })).result();
        await (await hub.client.startNew(bad, { input: 2, instanceId: "bad" })).result().catch(() => {});
      });
      after(async () => {
        await hub.close();
        rmSync(folder, { recursive: true, force: true });
      });

      for (const [what, filter, code, text] of LIBRARY) {
        test(what, async () => {
          // Safe: what no type allows is what this is about.
          await assert.rejects(hub.client.purgeBy(filter as PurgeFilter), refusedAs(code, text));
          assert.deepEqual(await idsOf(hub.client), ["bad", "ok"]);
        });
      }

      for (const range of [
        { createdFrom: Number.NaN, createdTo: null, statuses: [] },
        { createdFrom: null, createdTo: undefined, statuses: [] },
        { createdFrom: null, createdTo: null, statuses: ["failed"] },
        { createdFrom: null, createdTo: null, statuses: undefined },
        { createdFrom: 0, createdTo: null, statuses: [], instanceIdPrefix: "x" },
        undefined,
      ] as readonly (UnreadFilter | undefined)[]) {
        test(`hubClient: ${JSON.stringify(range)}`, async () => {
          const code = range !== undefined && "instanceIdPrefix" in range ? "OPTION_UNKNOWN" : "OPTION_INVALID";
          await assert.rejects(hub.hubClient.purgeBy(range as never), refusedAs(code, /purgeBy/));
          assert.deepEqual(await idsOf(hub.client), ["bad", "ok"]);
        });
      }

      test("each value is read once: what was checked is what counts", async () => {
        let reads = 0;
        const filter = {
          createdFrom: new Date(0),
          get createdTo() {
            reads += 1;
            return reads === 1 ? new Date("2020-01-01") : undefined;
          },
        };
        // Safe: the type of a getter that may be undefined is what exactOptionalPropertyTypes forbids.
        assert.equal(await hub.client.purgeBy(filter as PurgeFilter), 0);
        assert.deepEqual(await idsOf(hub.client), ["bad", "ok"]);
      });

      test("a dry run counts and deletes nothing; what is read as meant deletes that", async () => {
        const { client } = hub;
        assert.equal(await client.purgeBy({ createdFrom: yesterday(), dryRun: true }), 2);
        assert.equal(await client.purgeBy({ runtimeStatus: ["failed" as "Failed"], dryRun: true }), 1);
        assert.equal(await client.purgeBy({ runtimeStatus: ["Running"], dryRun: true }), 0);
        assert.deepEqual(await idsOf(client), ["bad", "ok"]);
        assert.equal(await client.purgeBy({ createdTo: "2020/01/01" }), 0);
        assert.equal(await client.purgeBy({ runtimeStatus: ["Running"] }), 0);
        assert.equal(await client.purgeBy({ createdFrom: yesterday().toISOString(), runtimeStatus: ["FAILED" as "Failed"] }), 1);
        assert.deepEqual(await idsOf(client), ["ok"]);
        assert.equal(await client.purgeBy({ createdTo: tomorrow(), dryRun: false }), 1);
      });
    });
  }

  test("in the test kit", async () => {
    await using hub = await createTestHub({ functions, log: false });
    await hub.result(await hub.client.startNew(ok, { input: 1, instanceId: "ok" }));
    for (const [what, filter, code, text] of LIBRARY) {
      await assert.rejects(hub.client.purgeBy(filter as PurgeFilter), refusedAs(code, text), what);
      assert.deepEqual(await idsOf(hub.client), ["ok"], what);
    }
    assert.equal(await hub.client.purgeBy({ runtimeStatus: ["Completed"] }), 1);
  });

  test("a list with a filter that cannot be read is refused too", async () => {
    await using hub = await TaskHub.open("memory:");
    for (const [filter, code, text] of [
      [{ status: ["Failed"] }, "OPTION_UNKNOWN", /query has no option "status"/],
      [{ runtimeStatus: [] }, "OPTION_INVALID", /"runtimeStatus" is \[\]/],
      [{ runtimeStatus: ["Nonsense"] }, "OPTION_INVALID", /"runtimeStatus"/],
      [{ createdFrom: new Date(Number.NaN) }, "OPTION_INVALID", /"createdFrom"/],
      [{ instanceIdPrefix: "" }, "OPTION_INVALID", /"instanceIdPrefix" is ""/],
      [{ instanceIdPrefix: 7 }, "OPTION_INVALID", /"instanceIdPrefix" is 7/],
      [{ stopped: "yes" }, "OPTION_INVALID", /"stopped" is "yes"/],
      [{ showInput: 0 }, "OPTION_INVALID", /"showInput" is 0/],
      [{ pageSize: 0 }, "OPTION_INVALID", /"pageSize" is 0/],
      [{ pageSize: "10" }, "OPTION_INVALID", /"pageSize" is "10"/],
      [null, "OPTION_INVALID", /"options" is null/],
    ] as const) {
      const list = async () => Array.fromAsync(hub.client.query(filter as never));
      await assert.rejects(list(), refusedAs(code, text), JSON.stringify(filter));
    }
    assert.deepEqual(await Array.fromAsync(hub.client.query({ instanceIdPrefix: undefined } as never)), [], "a list may leave a part open");
  });
});

describe("by command line and HTTP, beside a running host", () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-purge-"));
  const store = `file:${join(folder, "hub.db")}`;
  let hub: TaskHub;
  before(async () => {
    hub = await TaskHub.open(store, { functions, log: false });
    await hub.start();
    await (await hub.client.startNew(ok, { input: 1, instanceId: "ok" })).result();
    await (await hub.client.startNew(bad, { input: 2, instanceId: "bad" })).result().catch(() => {});
  });
  after(async () => {
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const purge = (...args: readonly string[]) => runCommand(["purge", ...args, "--store", store]);

  for (const [args, code, text] of [
    [["--from", "2020-01-01", "--to", "yesterday"], "OPTION_INVALID", /"--to" is "yesterday"; expected a time such as/],
    [["--from", "2020-01-01", "--to", ""], "OPTION_INVALID", /"--to" is ""/],
    [["--from", "2020-01-01", "--to", "1577836800"], "OPTION_INVALID", /"--to" is "1577836800"/],
    [["--from", "2020-01-01", "--to"], "OPTION_INVALID", /"--to" has no value/],
    [["--from", "2020-01-01", "--to", "2020-01-02", "--to", "2030-01-01"], "OPTION_INVALID", /expected it once/],
    [["--from", "soon"], "OPTION_INVALID", /"--from"/],
    [["--from", ""], "OPTION_INVALID", /"--from"/],
    [
      ["--from", "2020-01-01", "--status", "Failde"],
      "OPTION_INVALID",
      /"--status" is "Failde"; expected names, separated by commas, among/,
    ],
    [["--from", "2020-01-01", "--status", ""], "OPTION_INVALID", /"--status" is ""/],
    [["--from", "2020-01-01", "--status", "Failed,"], "OPTION_INVALID", /"--status"/],
    [["--from", "2020-01-01", "--status", "Failed", "--status", "Completed"], "OPTION_INVALID", /expected it once/],
    [["--from", "2020-01-01", "--statuss", "Failed"], "OPTION_UNKNOWN", /"--statuss"/],
    [["--from", "2020-01-01", "--id-prefix", "x"], "OPTION_UNKNOWN", /"--prefix"/],
    [["--from", "2020-01-01", "--dryrun"], "OPTION_UNKNOWN", /"--dryrun"/],
    [["--from", "2020-01-01", "--dry-run=yes"], "OPTION_INVALID", /"--dry-run" is "yes"/],
    [["--status", "Failed"], "OPTION_MISSING", /--from TIME/],
    [["--dry-run"], "OPTION_MISSING", /--from TIME/],
    [["ok", "bad"], "ARGUMENTS_WRONG", /expected: <instance-id>/],
    [["ok", "--from", "2020-01-01"], "OPTION_INVALID", /either <instance-id> or --from/],
    [["", "--from", "2020-01-01"], "INSTANCE_ID_INVALID", /it is empty/],
    [[""], "INSTANCE_ID_INVALID", /it is empty/],
    [["ok/x"], "INSTANCE_ID_INVALID", /"ok\/x"/],
  ] as const) {
    test(`perdure purge ${JSON.stringify(args)} is refused`, async () => {
      const run = await purge(...args);
      assert.equal(run.code, 2, run.err);
      assert.match(run.err, new RegExp(`\\[${code}\\]`));
      assert.match(run.err, text);
      assert.deepEqual(await idsOf(hub.client), ["bad", "ok"]);
    });
  }

  for (const args of [
    ["--status", "nonsense"],
    ["--status", "Failed,,Completed"],
    ["--from", "yesterday"],
    ["--to", "20210101"],
    ["--prefix", ""],
    ["--prefix", " "],
    ["--top", "0"],
    ["--top", "ten"],
    ["--stopped=maybe"],
    ["--completed"],
  ]) {
    test(`perdure list ${JSON.stringify(args)} is refused`, async () => {
      const run = await runCommand(["list", ...args, "--store", store]);
      assert.equal(run.code, 2, run.err);
      assert.equal(run.out, "");
      assert.match(run.err, /OPTION_(?:INVALID|UNKNOWN)/);
    });
  }

  test("DELETE over a real hub", async () => {
    const handle = createHttpHandler(hub);
    const url = "http://localhost:7071/runtime/webhooks/durabletask/instances";
    for (const query of [
      "createdTimeTo=1577836800",
      "createdTimeTo=yesterday",
      "runtimeStatus=Fialed",
      "runtimeStatus=",
      "dryRun=true",
      "to=x",
    ]) {
      const response = await handle(new Request(`${url}?createdTimeFrom=2020-01-01&${query}`, { method: "DELETE" }));
      assert.deepEqual([query, response.status], [query, 400]);
    }
    assert.deepEqual(await idsOf(hub.client), ["bad", "ok"]);
  });

  test("a dry run says how many and which, and deletes nothing", async () => {
    const all = await purge("--from", "2020/01/01", "--dry-run");
    assert.equal(all.code, 0, all.err);
    assert.match(all.out, /^ok +Ok +Completed /m);
    assert.match(all.out, /^bad +Bad +Failed /m);
    assert.match(all.out, /^Dry run: 2 instances would be purged\. Nothing was deleted\.$/m);
    const failed = await purge("--from", "Jan 1, 2020", "--status", "failed", "--dry-run", "--json");
    assert.deepEqual(JSON.parse(failed.out), { dryRun: true, instancesFound: 1, instanceIds: ["bad"] });
    const running = await purge("--from", "2020-01-01", "--status", "running", "--dry-run");
    assert.match(running.out, /^Dry run: 0 instances would be purged/);
    assert.match((await purge("ok", "--dry-run")).out, /Dry run: 1 instance would be purged/);
    assert.deepEqual((await purge("nobody", "--dry-run")).code, 1);
    assert.deepEqual(await idsOf(hub.client), ["bad", "ok"]);
  });

  test("what is read as meant is deleted, and nothing else", async () => {
    assert.equal((await purge("--from", "2020-01-01", "--to", "2020-01-02T00:00:00+0100")).out, "0 instances were purged.\n");
    assert.deepEqual(JSON.parse((await purge("--from", "2020-01-01", "--status", "failed", "--json")).out), { instancesDeleted: 1 });
    assert.deepEqual(await idsOf(hub.client), ["ok"]);
    assert.equal((await purge("--from", "2020-01-01")).out, "1 instance was purged.\n");
  });
});
