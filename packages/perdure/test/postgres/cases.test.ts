// One process for all of them: its start costs half a second of CPU, and a server of its own twice that.
// Workers that come and go under load: cases.full.test.ts.
import { deathsCase } from "../entities/deaths.testsuite.ts";
import { crowdCases, startersCase } from "./crowds.testsuite.ts";
import { databaseCases, interruptionCase } from "./database.testsuite.ts";
import { sharedDatabase } from "./own-server.ts";
import { leavingCase, raceCase, recoveryCases } from "./recovery.testsuite.ts";

raceCase("drains");
recoveryCases();
leavingCase(300);
interruptionCase("the server restarts");
databaseCases();
crowdCases({ burst: 200, held: 50 });
startersCase();
deathsCase("PostgreSQL", sharedDatabase);
