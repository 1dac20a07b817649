import { runPairwise } from "../matrix.ts";
import { activitySuite } from "./activities.testsuite.ts";

runPairwise(activitySuite);
