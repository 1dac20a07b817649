import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreFixture } from "../../testing/store-conformance/fixture.ts";
import type { SqliteStore } from "./sqlite-store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

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
    const opened: SqliteStore[] = [];
    const openOne = async () => {
      const store = await openSqliteStore({ path: join(folder.path, "hub.db"), thread, now: () => clock.now });
      opened.push(store);
      return store;
    };
    return {
      store: await openOne(),
      openAnother: openOne,
      async dispose() {
        await Promise.all(opened.map((store) => store.close()));
        folder.remove();
      },
    };
  },
});
