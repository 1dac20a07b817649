// One process for all of them: its start costs half a second of CPU, as much as a suite.
import { runInTurn } from "../matrix.ts";
import { activitySuite } from "./activities.testsuite.ts";
import { childSuite } from "./children.testsuite.ts";
import { contextSuite } from "./contexts.testsuite.ts";
import { entitySuite } from "./entities.testsuite.ts";
import { eventSuite } from "./events.testsuite.ts";
import { failureSuite } from "./failures.testsuite.ts";
import { httpSuite } from "./http.testsuite.ts";
import { keySuite } from "./keys.testsuite.ts";
import { lifecycleSuite } from "./lifecycle.testsuite.ts";
import { bigSuite, limitSuite } from "./limits.testsuite.ts";
import { timerSuite } from "./timers.testsuite.ts";

const SUITES = [
  activitySuite,
  childSuite,
  eventSuite,
  failureSuite,
  lifecycleSuite,
  limitSuite,
  bigSuite,
  timerSuite,
  contextSuite,
  httpSuite,
  entitySuite,
  keySuite,
];

for (const [turn, suite] of SUITES.entries()) runInTurn(suite, turn);
