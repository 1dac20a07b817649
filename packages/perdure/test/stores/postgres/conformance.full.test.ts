import { after } from "node:test";
import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { storeConformance } from "../../../src/testing/store-conformance/store-conformance.ts";
import { postgresFixture, TestDatabase } from "./fixture.testsuite.ts";

for (const server of TEST_SERVERS.slice(0, -1)) {
  const database = new TestDatabase(server);
  after(() => database.drop());
  storeConformance(postgresFixture(server, database));
}
