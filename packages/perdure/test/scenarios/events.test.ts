import { runPairwise } from "../matrix.ts";
import { eventSuite } from "./events.testsuite.ts";

runPairwise(eventSuite);
