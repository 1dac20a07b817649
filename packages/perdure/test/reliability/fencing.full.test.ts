import { sharedDatabase } from "../postgres/own-server.ts";
import { fencingCases, onFile, stalledCase } from "./fencing.testsuite.ts";

// The others on SQLite: processes.test.ts. That late writes are refused by PostgreSQL is also in its conformance suite, which the gate runs.
fencingCases("PostgreSQL", sharedDatabase);
stalledCase("SQLite", onFile);
