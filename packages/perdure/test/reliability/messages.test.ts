import { runPairwise } from "../matrix.ts";
import { messageSuite } from "./messages.testsuite.ts";

runPairwise(messageSuite({ widest: 200, rounds: 20, startsAt: "5s" }), 0);
