import { auditSuite } from "./audit.testsuite.ts";

for (const store of ["memory", "sqlite inline", "postgres"] as const) auditSuite(store);
