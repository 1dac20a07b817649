import { flatCostCase, longHistoryCase } from "./size.testsuite.ts";

// With 100,000 events and 4,000 activities: size.full.test.ts.
longHistoryCase(10_000);
flatCostCase(1_000);
