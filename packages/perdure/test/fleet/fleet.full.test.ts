import { placementCases, takeoverCase } from "./workers.testsuite.ts";

placementCases("sqlite");
takeoverCase([0, 500, 1_000, 1_500, 2_000, 2_500], [0, 1_500, 2_900]);
