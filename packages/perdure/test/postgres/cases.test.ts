// One process for all of them: its start costs half a second of CPU, and a server of its own twice that.
import { test } from "node:test";
import { crowdCases, scaleUpAndDown, startersCase } from "./crowds.testsuite.ts";
import { databaseCases, interruptionCase } from "./database.testsuite.ts";
import { leavingCase, raceCase, recoveryCases } from "./recovery.testsuite.ts";

raceCase("drains");
recoveryCases();
leavingCase(300);
interruptionCase("the server restarts");
databaseCases();
test("case 18: from one worker to three and back under load, twice: all ends, and no instance waits for long", (t) =>
  scaleUpAndDown(t, { workers: 3, times: 2, stayMs: 300, starts: 4, limitMs: 3_000 }));
crowdCases({ burst: 200, held: 50 });
startersCase();
