import { runPairwise } from "../matrix.ts";
import { timerSuite } from "./timers.testsuite.ts";

runPairwise(timerSuite);
