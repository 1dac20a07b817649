import { describe } from "node:test";
import { callersCase, HERE, hangs, lockedFileCase, NO_WORKER, postgresCase, stops, TWO_WORKERS, takesNoWrites } from "./drain.testsuite.ts";

describe("SIGTERM ends a host within its drain time and 5 s, whatever the store does", { concurrency: 2 }, () => {
  lockedFileCase(NO_WORKER);
  lockedFileCase(TWO_WORKERS);
  callersCase(TWO_WORKERS);
  postgresCase(stops, HERE);
  postgresCase(takesNoWrites, HERE);
  postgresCase(hangs, TWO_WORKERS);
  postgresCase(stops, NO_WORKER);
});
