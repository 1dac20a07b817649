import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { severalWorkersAtOnce } from "./concurrency.testsuite.ts";

/** The newest here, the others in concurrency.full.test.ts, as with the suite of all stores: four seconds each, most of them to open connections. */
const newest = TEST_SERVERS.at(-1);
if (newest === undefined) throw new Error("there is no PostgreSQL to test with");
severalWorkersAtOnce(newest);
