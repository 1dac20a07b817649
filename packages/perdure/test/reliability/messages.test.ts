import { runInTurn } from "../matrix.ts";
import { messageSuite } from "./messages.testsuite.ts";

runInTurn(messageSuite({ widest: 200, rounds: 20, startsAt: "5s" }), 2);
