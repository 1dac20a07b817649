import { sharedDatabase } from "../postgres/own-server.ts";
import { fencingCases } from "./fencing.testsuite.ts";

// On SQLite: processes.test.ts. That late writes are refused by PostgreSQL is also in its conformance suite, which the gate runs.
fencingCases("PostgreSQL", sharedDatabase);
