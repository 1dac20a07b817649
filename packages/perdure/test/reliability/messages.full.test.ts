import { runAll } from "../matrix.ts";
import { messageSuite } from "./messages.testsuite.ts";

runAll(messageSuite({ widest: 5_000, rounds: 60, startsAt: "2s" }), 1); // they keep a core busy: three at a time would come too late for each other's clocks
