import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What the disk can do, in commits per second: one row per transaction, write-ahead log, `synchronous=FULL`, one connection. */
export async function measureSqliteFloor(directory: string): Promise<number> {
  const file = join(directory, "floor.db");
  const database = new DatabaseSync(file);
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE floor (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
    );
    if (!syncsFully(database)) throw new Error(`${file} did not take journal_mode=WAL with synchronous=FULL`);
    const insert = database.prepare("INSERT INTO floor (text) VALUES (?)");
    const row = "x".repeat(100);
    return await measureCommits(() => insert.run(row));
  } finally {
    database.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  }
}

/** One commit after another for `measureMs`, after a warm-up; commits per second. What is not a promise is not waited for. */
export async function measureCommits(commit: () => unknown, measureMs = 1_000): Promise<number> {
  const commitFor = async (ms: number): Promise<number> => {
    const from = performance.now();
    let commits = 0;
    while (performance.now() - from < ms) {
      const committing = commit();
      if (committing instanceof Promise) await committing;
      commits++;
    }
    return (1_000 * commits) / (performance.now() - from);
  };
  await commitFor(measureMs / 5);
  return await commitFor(measureMs);
}

/** As the open connection says, not as it was asked: FULL (2) or EXTRA (3), and a journal that is on disk. */
export function syncsFully(database: DatabaseSync): boolean {
  const synchronous = Number(database.prepare("PRAGMA synchronous").get()?.synchronous);
  const journal = String(database.prepare("PRAGMA journal_mode").get()?.journal_mode);
  return synchronous >= 2 && journal !== "off" && journal !== "memory";
}
