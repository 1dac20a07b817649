import { inTurn } from "../../src/process/testing/in-turn.ts";
import { auditSuite } from "./audit.testsuite.ts";

for (const store of inTurn("audit", ["memory", "sqlite inline", "postgres"] as const)) auditSuite(store);
