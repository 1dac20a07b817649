import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Floor {
  readonly commitsPerSecond: number;
}

/** What the disk gives to anybody: one row per transaction, write-ahead log, `synchronous=FULL`, one connection, nothing else. */
export function measureFloor(directory: string, measureMs = 1_000): Floor {
  const file = join(directory, "floor.db");
  const database = new DatabaseSync(file);
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE floor (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
    );
    if (!syncsFully(database)) throw new Error(`${file} did not take journal_mode=WAL with synchronous=FULL`);
    const insert = database.prepare("INSERT INTO floor (text) VALUES (?)");
    const row = "x".repeat(100);
    const commitFor = (ms: number): { readonly commits: number; readonly seconds: number } => {
      const from = performance.now();
      let commits = 0;
      while (performance.now() - from < ms) {
        insert.run(row);
        commits++;
      }
      return { commits, seconds: (performance.now() - from) / 1_000 };
    };
    commitFor(measureMs / 5);
    const { commits, seconds } = commitFor(measureMs);
    return { commitsPerSecond: commits / seconds };
  } finally {
    database.close();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  }
}

/** As the open connection says, not as it was asked: FULL (2) or EXTRA (3), and a journal that is on disk. */
export function syncsFully(database: DatabaseSync): boolean {
  const synchronous = Number(database.prepare("PRAGMA synchronous").get()?.synchronous);
  const journal = String(database.prepare("PRAGMA journal_mode").get()?.journal_mode);
  return synchronous >= 2 && journal !== "off" && journal !== "memory";
}
