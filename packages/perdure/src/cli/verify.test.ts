import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { payload } from "../model/payload.ts";
import { openSqliteStore } from "../stores/sqlite/sqlite-store.ts";
import { append, Hand, spec } from "../testing/store-conformance/hub.ts";
import { runCommand } from "./testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-verify-"));
const whole = join(folder, "whole.db");
after(() => rmSync(folder, { recursive: true, force: true }));

before(async () => {
  const store = await openSqliteStore({ path: whole, thread: "inline" });
  const hand = await Hand.join(store, {});
  const nos = await hand.own(...Array.from({ length: 200 }, (_, index) => `i${index}`));
  await hand.commit({ history: nos.map((no) => append(no, 0, 1, `[${"7".repeat(1_000)}]`, { expectedVersion: 0 })) });
  for (let n = 0; n < 20; n++) {
    const input = payload(JSON.stringify("x".repeat(5_000)));
    await store.start({ start: spec(`s${n}`, { input }), onExisting: "error" });
  }
  await store.close();
});

const verify = (path: string, ...args: readonly string[]) => runCommand(["verify", path, ...args], { cwd: folder });

test("a file that is cut off is damaged, at whatever place", async () => {
  const { size } = statSync(whole);
  for (const part of [0.95, 0.5, 0.1, 0.01]) {
    const path = join(folder, "cut.db");
    copyFileSync(whole, path);
    truncateSync(path, Math.floor(size * part));
    const { code, out, err } = await verify(path);
    assert.equal(code, 1, `${part}: ${out}`);
    assert.match(out + err, /damaged|not a database of Perdure/, `${part}`);
    assert.doesNotMatch(out + err, /\n\s+at /, "a raw stack");
  }
});

test("a damaged page is found, whichever it is", async () => {
  const pages = Math.floor(statSync(whole).size / 4_096);
  for (let page = 0; page < pages; page += 7) {
    const path = join(folder, "page.db");
    copyFileSync(whole, path);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(4_096, 0x41), 0, 4_096, page * 4_096);
    const { code, out, err } = await verify(path, "--json");
    assert.equal(code, 1, `page ${page}`);
    assert.match(out + err, /"damage":\["|STORE_CORRUPT|STORE_FOREIGN/, `page ${page}`);
    assert.doesNotMatch(out + err, /\n\s+at /, "a raw stack");
  }
});

test("a store without its file, and one whose file is elsewhere", async () => {
  const bytes = readFileSync(whole);
  const path = join(folder, "gone.db");
  writeSync(openSync(`${path}-wal`, "w"), bytes.subarray(0, 5_000));
  const orphan = await verify(path);
  assert.equal(orphan.code, 1);
  assert.match(orphan.err, /STORE_LOG_ORPHANED/);
  assert.match((await verify(join(folder, "none.db"))).err, /STORE_MISSING/);
});
