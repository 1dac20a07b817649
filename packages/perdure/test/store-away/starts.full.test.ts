import { runCutStarts } from "./starts.testsuite.ts";

runCutStarts({ isNew: 3, isThere: 1 });
