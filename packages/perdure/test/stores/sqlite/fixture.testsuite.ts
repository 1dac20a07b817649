import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import type { StoreFixture } from "../../../src/testing/store-conformance/fixture.ts";
import { openShared } from "../../../src/testing/store-conformance/fixture.ts";

export interface Folder {
  readonly path: string;
  remove(): void;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "perdure-store-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const sqliteFixture = (thread: "worker" | "inline"): StoreFixture => ({
  name: `sqlite, ${thread}`,
  async open(clock) {
    const folder = temporaryFolder();
    const path = join(folder.path, "hub.db");
    return openShared(() => openSqliteStore({ path, thread, now: () => clock.now }), folder.remove);
  },
});
