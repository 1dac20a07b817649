import { refusedByBoth } from "./refusals.testsuite.ts";
import { REFUSED_APPS } from "./testing/refused-apps.ts";

for (const app of REFUSED_APPS) refusedByBoth(app);
