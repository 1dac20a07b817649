import { join } from "node:path";
import type { FreshDatabase } from "../../packages/perdure/src/testing/postgres/databases.ts";
import { freshDatabase } from "../../packages/perdure/src/testing/postgres/databases.ts";
import { measureSqliteFloor } from "./floor.ts";
import { makeDataDirectory, removeDataDirectory } from "./paths.ts";
import type { BenchServer } from "./postgres/server.ts";
import { measurePostgresFloor, openServer } from "./postgres/server.ts";
import type { StoreChoice, StoreName } from "./store-choice.ts";

/** Where the runs of one benchmark keep their data: this disk and, if it is wanted, a PostgreSQL server. */
export interface Ground {
  open(): Plot;
  close(): Promise<void>;
}

/** What one run has for itself; nothing of it is left after `remove`. */
export interface Plot {
  /** The URL of a new, empty store of that kind, as `TaskHub.open` takes it. */
  freshStore(store: StoreName): Promise<string>;
  floorCommitsPerSecond(): Promise<number>;
  remove(): Promise<void>;
}

/** The connections of a process that was killed are gone after that. */
const GRACE_MS = 10_000;

export async function openGround(choice: StoreChoice): Promise<Ground> {
  const server = choice.store === "postgres" ? await openServer(choice.serverUrl) : null;
  return { open: () => openPlot(server), close: async () => await server?.stop() };
}

function openPlot(server: BenchServer | null): Plot {
  const directory = makeDataDirectory();
  const databases: FreshDatabase[] = [];
  let files = 0;
  const newDatabase = async (): Promise<string> => {
    if (server === null) throw new Error("this benchmark has no PostgreSQL server");
    const database = await freshDatabase(server, { graceMs: GRACE_MS });
    databases.push(database);
    return database.url;
  };
  return {
    freshStore: async (store) => {
      switch (store) {
        case "memory":
          return "memory:";
        case "sqlite":
          return `file:${join(directory, `store-${++files}.db`)}`;
        case "postgres":
          return await newDatabase();
      }
    },
    floorCommitsPerSecond: async () =>
      server === null ? await measureSqliteFloor(directory) : await measurePostgresFloor(await newDatabase()),
    remove: async () => {
      removeDataDirectory(directory);
      for (const database of databases.splice(0)) await database.drop();
    },
  };
}
