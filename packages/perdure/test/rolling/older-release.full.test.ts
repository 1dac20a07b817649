// An older release, as it would be installed: this package, built with an older number of the schema or of a layout.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PACKAGE, ROOT } from "../../../../scripts/lib/paths.ts";
import { run } from "../../../../scripts/lib/run.ts";
import type { Store } from "../../src/store/contract.ts";
import { openPostgresStore } from "../../src/stores/postgres/open-postgres.ts";
import { openSqliteStore } from "../../src/stores/sqlite/sqlite-store.ts";
import { TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { append, event, Hand, id } from "../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "../stores/postgres/fixture.testsuite.ts";

const folder = mkdtempSync(join(tmpdir(), "perdure-older-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Change {
  /** Below `dist`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const OLDER_FILE: Change = {
  file: "stores/sqlite/schema/index.js",
  from: "SCHEMA_VERSION = FIRST_VERSION",
  to: "SCHEMA_VERSION = -1 + FIRST_VERSION",
};
const OLDER_SCHEMA: Change = {
  file: "stores/postgres/schema/migrate.js",
  from: "steps = MIGRATIONS",
  to: "steps = MIGRATIONS.slice(0, -1)",
};
const OLDER_LAYOUT: Change = { file: "stores/postgres/wire/layouts.js", from: "return [REVISION,", to: "return [REVISION - 1," };

before(async () => {
  const compiler = `${ROOT}/node_modules/typescript/bin/tsc`;
  const options = ["-p", `${PACKAGE}/tsconfig.build.json`, "--emitDeclarationOnly", "false", "--outDir", join(folder, "release", "dist")];
  const built = await run(process.execPath, [compiler, ...options]);
  assert.ok(built.ok, built.output);
  cpSync(`${PACKAGE}/package.json`, join(folder, "release", "package.json"));
  symlinkSync(`${ROOT}/node_modules`, join(folder, "node_modules"));
});

/** Where the program of that release is. */
function installOlder(name: string, { file, from, to }: Change): string {
  const release = join(folder, name);
  cpSync(join(folder, "release"), release, { recursive: true });
  const path = join(release, "dist", file);
  const source = readFileSync(path, "utf8");
  assert.equal(source.split(from).length, 2, `${file} has "${from}" once`);
  writeFileSync(path, source.replace(from, to));
  writeFileSync(join(release, "program.mjs"), PROGRAM);
  return join(release, "program.mjs");
}

/** Prints what each step was refused with. A worker that cannot join tries again, so only the first second of it counts. */
const PROGRAM = `
import { orchestrator, TaskHub } from "./dist/index.js";
const waits = orchestrator("waits", (ctx) => ctx.waitForExternalEvent("go"));
const say = (step) => (error) => console.log(step, error?.code ?? "done", error?.message ?? "");
const hub = await TaskHub.open(process.argv[2], { functions: [waits], log: false }).catch(say("open"));
if (hub !== undefined) {
  await hub.client.startNew(waits, { instanceId: "other" }).then(() => say("start")(), say("start"));
  await hub.client.raiseEvent("i", "go", 1).then(() => say("event")(), say("event"));
  await hub.start().then(() => say("join")(), say("join"));
  setTimeout(() => process.exit(), 1_000);
}
`;

/** What a newer release has left: an instance that is owned, its history, a message in its inbox. */
async function fill(store: Store): Promise<unknown> {
  const hand = await Hand.join(store, {});
  const [no] = await hand.own("i");
  await hand.commit({ history: [append(no!, 0, 1, "[1]")] });
  await store.deliver({ instanceId: id("i"), message: event("e") });
  return contentOf(store);
}

async function contentOf(store: Store): Promise<unknown> {
  const { now: _now, ...content } = await store.dump();
  return content;
}

async function output(program: string, url: string): Promise<string> {
  const result = await run(process.execPath, [program, url], { cwd: folder, timeoutMs: 30_000 });
  assert.ok(result.ok, result.output);
  return result.output;
}

describe("an older release at the store of a newer one", { timeout: 180_000 }, () => {
  test("SQLite: it refuses to open the file, whether a process has it open or not, and changes nothing", async () => {
    const program = installOlder("older-file", OLDER_FILE);
    const path = join(folder, "hub.db");
    let store = await openSqliteStore({ path });
    const content = await fill(store);
    assert.match(await output(program, `file:${path}`), /^open STORE_TOO_NEW .*schema version \d+; this release knows versions up to \d+/);
    await store.close();
    const bytes = readFileSync(path);
    assert.match(await output(program, `file:${path}`), /^open STORE_TOO_NEW/);
    assert.ok(bytes.equals(readFileSync(path)));
    store = await openSqliteStore({ path });
    assert.deepEqual(await contentOf(store), content);
    await store.close();
  });

  for (const server of TEST_SERVERS) {
    describe(`PostgreSQL ${server}`, () => {
      const database = new TestDatabase(server);
      after(() => database.drop());

      test("an older schema: it refuses to open the task hub", async () => {
        const url = await database.freshUrl();
        const store = await openPostgresStore({ url });
        const content = await fill(store);
        assert.match(
          await output(installOlder(`older-schema-${server}`, OLDER_SCHEMA), url),
          /^open STORE_SCHEMA_TOO_NEW .*knows versions up to \d+/,
        );
        assert.deepEqual(await contentOf(store), content);
        await store.close();
      });

      test("an older layout of rows: starts, messages and the join are refused before they write", async () => {
        const url = await database.freshUrl();
        const store = await openPostgresStore({ url });
        const content = await fill(store);
        const lines = (await output(installOlder(`older-layout-${server}`, OLDER_LAYOUT), url)).trim().split("\n");
        assert.deepEqual(
          lines.map((line) => line.split(" ").slice(0, 2).join(" ")),
          ["start STORE_OTHER_RELEASE", "event STORE_OTHER_RELEASE", "join STORE_OTHER_RELEASE"],
        );
        assert.deepEqual(await contentOf(store), content);
        await store.close();
      });
    });
  }
});
