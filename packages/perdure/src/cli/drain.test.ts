import { describe } from "node:test";
import { callersCase, HERE, hangs, lockedFileCase, NO_WORKER, postgresCase, stops, TWO_WORKERS, takesNoWrites } from "./drain.testsuite.ts";

// The others: drain.full.test.ts.
describe("SIGTERM ends a host within its drain time and 5 s, whatever the store does", { concurrency: 2 }, () => {
  lockedFileCase(HERE);
  callersCase(HERE);
  postgresCase(stops, HERE);
  postgresCase(takesNoWrites, HERE);
  postgresCase(hangs, TWO_WORKERS);
  postgresCase(stops, NO_WORKER);
});
