import { runPairwise } from "../matrix.ts";
import { childSuite } from "./children.testsuite.ts";

runPairwise(childSuite);
