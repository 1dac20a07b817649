import { runPairwise } from "../matrix.ts";
import { lifecycleSuite } from "./lifecycle.testsuite.ts";

runPairwise(lifecycleSuite);
