import { runPairwise } from "../matrix.ts";
import { failureSuite } from "./failures.testsuite.ts";

runPairwise(failureSuite);
