import { runPairwise } from "../matrix.ts";
import { bigSuite, limitSuite } from "./limits.testsuite.ts";

runPairwise(limitSuite);
runPairwise(bigSuite);
