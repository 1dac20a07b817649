import { describe } from "node:test";
import { callersCase, HERE, hangs, lockedFileCase, postgresCase } from "./drain.testsuite.ts";

// The others: drain.full.test.ts.
describe("SIGTERM ends a host within its drain time and 5 s, whatever the store does", { concurrency: true }, () => {
  lockedFileCase(HERE);
  callersCase(HERE);
  postgresCase(hangs, HERE);
});
