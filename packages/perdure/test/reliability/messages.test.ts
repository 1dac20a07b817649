import { runPairwise } from "../matrix.ts";
import { messageSuite } from "./messages.testsuite.ts";

runPairwise(messageSuite(1_000), 0);
