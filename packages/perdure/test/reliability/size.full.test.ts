import { flatCostCase, longHistoryCase } from "./size.testsuite.ts";

longHistoryCase(100_000);
flatCostCase(4_000);
