import assert from "node:assert/strict";
import { test } from "node:test";
import { instanceId } from "../../../model/ids.ts";
import type { Row } from "../connections/link.ts";
import { InstanceReads } from "./instance-reads.ts";

const ids = (count: number, prefix = "i") => Array.from({ length: count }, (_, index) => instanceId(`${prefix}${index}`));

/** A database that answers when it is told to. */
class Database {
  readonly asked: (readonly string[])[] = [];
  readonly #answers: ((rows: readonly Row[] | Error) => void)[] = [];

  readonly read = (wanted: readonly string[]): Promise<readonly Row[]> => {
    this.asked.push(wanted);
    return new Promise((resolve, reject) => {
      this.#answers.push((rows) => (rows instanceof Error ? reject(rows) : resolve(rows)));
    });
  };

  /** The rows of all that were asked for first, but those that begin with "no". */
  async answer(error?: Error): Promise<void> {
    const rows = this.asked[this.asked.length - this.#answers.length]!.filter((id) => !id.startsWith("no")).map((id) => ({
      instance_id: id,
    }));
    this.#answers.shift()?.(error ?? rows.toReversed());
    await new Promise((done) => setImmediate(done));
  }
}

test("a read goes at once; what comes while two are under way goes together, each gets its own row", async () => {
  const database = new Database();
  const reads = new InstanceReads(database.read);
  const first = [reads.row(instanceId("a")), reads.row(instanceId("b"))];
  const later = [...ids(3), instanceId("nobody"), instanceId("i1")].map((id) => reads.row(id));
  assert.deepEqual(database.asked, [["a"], ["b"]]);
  await database.answer();
  await database.answer();
  assert.deepEqual(database.asked.slice(2), [["i0", "i1", "i2", "nobody"]]);
  await database.answer();
  assert.deepEqual(await Promise.all(first), [{ instance_id: "a" }, { instance_id: "b" }]);
  assert.deepEqual(await Promise.all(later), [
    { instance_id: "i0" },
    { instance_id: "i1" },
    { instance_id: "i2" },
    null,
    { instance_id: "i1" },
  ]);
});

test("a read never joins a statement that was sent before it, not even one for the same instance", async () => {
  const database = new Database();
  const reads = new InstanceReads(database.read);
  const before = reads.row(instanceId("a"));
  const after = reads.row(instanceId("a"));
  assert.deepEqual(database.asked, [["a"], ["a"]]);
  await database.answer();
  await database.answer();
  assert.deepEqual(await Promise.all([before, after]), [{ instance_id: "a" }, { instance_id: "a" }]);
});

test("a statement asks for a hundred instances at most, and they come in the order of the calls", async () => {
  const database = new Database();
  const reads = new InstanceReads(database.read);
  const rows = Promise.all(ids(252).map((id) => reads.row(id)));
  for (let answered = 0; answered < 5; answered += 1) await database.answer();
  assert.deepEqual(
    database.asked.map((asked) => asked.length),
    [1, 1, 100, 100, 50],
  );
  assert.deepEqual(
    (await rows).map((row) => row?.instance_id),
    ids(252),
  );
});

test("a failed statement fails the reads that were in it, and no other", async () => {
  const database = new Database();
  const reads = new InstanceReads(database.read);
  const [lost, kept] = [reads.row(instanceId("a")), reads.row(instanceId("b"))];
  const next = reads.row(instanceId("c"));
  const isLost = assert.rejects(lost, /the connection is gone/);
  await database.answer(new Error("the connection is gone"));
  await database.answer();
  await database.answer();
  await isLost;
  assert.deepEqual(await Promise.all([kept, next]), [{ instance_id: "b" }, { instance_id: "c" }]);
});
