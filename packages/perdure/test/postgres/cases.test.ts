// One process for all of them: its start costs half a second of CPU, and a server of its own twice that.
// Workers that come and go under load, deaths beside entities, larger crowds: cases.full.test.ts.
import { crowdCases, startersCase } from "./crowds.testsuite.ts";
import { databaseCases, interruptionCase, refusalCase } from "./database.testsuite.ts";
import { leavingCase, raceCase, recoveryCases } from "./recovery.testsuite.ts";

raceCase("drains");
recoveryCases();
leavingCase(100);
interruptionCase("the server restarts");
databaseCases(2);
refusalCase("a full disk");
crowdCases({ burst: 100, held: 25 });
startersCase({ lanes: 40, rounds: 1 });
