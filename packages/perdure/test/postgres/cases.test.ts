// One process for all of them: its start costs half a second of CPU, and a server of its own twice that. Each case once.
// Others of cases 17 and 28, workers that come and go under load, larger crowds: cases.full.test.ts.
import { crowdCases, startersCase } from "./crowds.testsuite.ts";
import { fullQueueCase, interruptionCase, otherSchemaCase, poolerCase, refusalCase } from "./database.testsuite.ts";
import { deafOwnerCase, hangingCase, queueOfOneCase, raceCase } from "./recovery.testsuite.ts";

raceCase("drains");
queueOfOneCase();
deafOwnerCase();
hangingCase();
interruptionCase("the server restarts");
poolerCase();
fullQueueCase();
otherSchemaCase();
refusalCase("a full disk");
crowdCases({ burst: 40, held: 10 });
startersCase({ lanes: 20, rounds: 1 });
