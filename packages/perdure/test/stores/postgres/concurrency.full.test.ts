import { TEST_SERVERS } from "../../../src/testing/postgres/shared-server.ts";
import { severalWorkersAtOnce } from "./concurrency.testsuite.ts";

for (const server of TEST_SERVERS.slice(0, -1)) severalWorkersAtOnce(server);
