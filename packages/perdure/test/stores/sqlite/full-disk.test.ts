import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { after, test } from "node:test";
import { payload } from "../../../src/model/payload.ts";
import { refusalOf } from "../../../src/store/errors.ts";
import { ownIdentity } from "../../../src/stores/sqlite/process-identity.ts";
import { refusalAfterRollback } from "../../../src/stores/sqlite/sqlite-error.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import { SqliteWriter } from "../../../src/stores/sqlite/writer.ts";
import { id, spec } from "../../../src/testing/store-conformance/hub.ts";
import { temporaryFolder } from "./fixture.testsuite.ts";

const folder = temporaryFolder();
after(() => folder.remove());

const large = (name: string, bytes = 400_000) => spec(name, { input: payload(JSON.stringify(randomBytes(bytes).toString("base64"))) });

test("no room: what is too large waits, what fits beside it in the same transaction is written, and nothing is half there", async () => {
  let pages = 1_000_000;
  const path = join(folder.path, "room.db");
  const store = await openSqliteStore({ path, thread: "inline", maxPages: () => pages });
  await store.join({ leaseMs: 1, functions: { orchestrator: [], activity: [], entity: [] }, host: "" });
  pages = 60;
  const full = store.start({ start: large("large"), onExisting: "error" });
  await assert.rejects(full, (error) => {
    const refusal = refusalOf(error);
    assert.deepEqual({ ...refusal, detail: "" }, { kind: "busy", detail: "", lessMayFit: true });
    assert.match(refusal.kind === "busy" ? refusal.detail : "", /the disk is full/);
    return true;
  });
  await store.start({ start: spec("small"), onExisting: "error" });
  assert.equal(await store.getInstance(id("large")), null);
  pages = 1_000_000;
  await store.start({ start: large("large"), onExisting: "error" });
  assert.deepEqual(await store.integrity?.(), []);
  await store.close();
});

test("of several calls in one transaction the one without room fails alone", () => {
  const options = { path: join(folder.path, "group.db"), busyTimeoutMs: 20, commitDelayMs: 0 };
  let pages = 1_000_000;
  const writer = new SqliteWriter(options, { clocks: null, say: () => {}, onTrouble: () => {}, maxPages: () => pages });
  writer.run(
    [
      {
        name: "join",
        params: { leaseMs: 1, functions: { orchestrator: [], activity: [], entity: [] }, host: "", identity: ownIdentity() },
      },
    ],
    0,
  );
  pages = 60;
  const start = (which: ReturnType<typeof spec>) => ({ name: "start", params: { start: which, onExisting: "error" } }) as const;
  const outcomes = writer.run([start(spec("a")), start(large("b")), start(spec("c"))], 0);
  assert.deepEqual(
    outcomes.map(({ ok }) => ok),
    [true, false, true],
  );
  writer.close();
});

test("which errors of SQLite pass, which need room, which refuse the data", () => {
  const refusalKind = (errcode: number) => {
    const refusal = refusalOf(refusalAfterRollback(Object.assign(new Error("words"), { errcode })));
    return refusal.kind === "busy" && refusal.lessMayFit ? "room" : refusal.kind;
  };
  const extended = (primary: number, detail: number) => primary + detail * 256;
  const expected: readonly (readonly [string, readonly number[]])[] = [
    ["busy", [5, 6, 8, 9, 10, extended(10, 4), extended(10, 22), 11, 14, 15, 17, 26, extended(8, 4)]],
    ["room", [7, 13]],
    ["refusedData", [18, 19, extended(19, 8), 20]],
    ["unknown", [1, 2, 3, 4, 21, 25]],
  ];
  for (const [kind, codes] of expected) for (const code of codes) assert.equal(refusalKind(code), kind, `code ${code & 0xff}`);
});
