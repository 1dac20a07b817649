import { runAll } from "../matrix.ts";
import { messageSuite } from "./messages.testsuite.ts";

runAll(messageSuite);
