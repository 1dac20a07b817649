// One process for all of them: its start costs half a second of CPU, and a server of its own twice that.
// Bursts, long transactions, and workers that come and go under load: cases.full.test.ts.
import { startersCase } from "./crowds.testsuite.ts";
import { databaseCases, interruptionCase } from "./database.testsuite.ts";
import { leavingCase, raceCase, recoveryCases } from "./recovery.testsuite.ts";

raceCase("drains");
recoveryCases();
leavingCase(300);
interruptionCase("the server restarts");
databaseCases();
startersCase();
