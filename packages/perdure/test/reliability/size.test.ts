import { flatCostCase, longHistoryCase } from "./size.testsuite.ts";

// With 100,000 events and 4,000 activities: size.full.test.ts.
longHistoryCase(20_000);
flatCostCase(2_000);
