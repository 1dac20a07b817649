import { after } from "node:test";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { storeConformance } from "../../../src/testing/store-conformance/store-conformance.ts";
import { postgresFixture, TestDatabase } from "./fixture.testsuite.ts";

/** The newest here, the others in conformance.full.test.ts: nine seconds each. What is special in a version has tests on all of them beside this one. */
const newest = TEST_SERVERS.at(-1);
if (newest === undefined) throw new Error("there is no PostgreSQL to test with");
const database = new TestDatabase(newest);
after(() => database.drop());
storeConformance(postgresFixture(newest, database));
