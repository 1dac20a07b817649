import { inTurn } from "../../src/process/testing/in-turn.ts";
import { intervalTimers } from "./interval-timers.testsuite.ts";

const FORMS = [
  ["memory", true],
  ["sqlite", false],
] as const;

// With cursors the other way round: interval-timers.full.test.ts.
for (const [store, keepsCursors] of inTurn("interval timers", FORMS)) intervalTimers(store, keepsCursors);
