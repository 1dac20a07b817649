import type { Store } from "../../src/store/contract.ts";
import { openPostgresStore } from "../../src/stores/postgres/open-postgres.ts";
import { TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import { TestDatabase } from "../stores/postgres/fixture.testsuite.ts";
import type { Ground } from "./ground.ts";

/** Fewer than in production: every connection is a process that compiles our functions again, and a stand lives for seconds. */
const POOL_SIZE = 2;

/** One for all stands of a test file, on the newest server. */
const database = new TestDatabase(TEST_SERVERS.at(-1) ?? "given");

/** Fails when a stand has left a connection open. */
export const dropDatabase = (): Promise<void> => database.drop();

/** A schema of its own, and stores on it that share nothing in memory. It is emptied for another stand when all of them are closed. */
export async function openSchema(now: (() => number) | null): Promise<Ground> {
  const url = await database.emptyUrl();
  const opened: Store[] = [];
  const connect = async (): Promise<Store> => {
    const store = await openPostgresStore({ url, poolSize: POOL_SIZE, ...(now === null ? {} : { now }) });
    opened.push(store);
    return store;
  };
  const store = await connect();
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((one) => one.close()));
    database.giveBack(url);
  };
  return { store, connect, close };
}
