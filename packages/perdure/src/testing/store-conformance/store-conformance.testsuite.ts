import { claimsSuite } from "./claims.testsuite.ts";
import { episodesSuite } from "./episodes.testsuite.ts";
import type { StoreFixture } from "./fixture.ts";
import { historySuite } from "./history.testsuite.ts";
import { listingSuite } from "./listing.testsuite.ts";
import { mailSuite } from "./mail.testsuite.ts";
import { payloadsSuite } from "./payloads.testsuite.ts";
import { startsSuite } from "./starts.testsuite.ts";
import { suspectsSuite } from "./suspects.testsuite.ts";
import { targetsSuite } from "./targets.testsuite.ts";
import { tasksSuite } from "./tasks.testsuite.ts";
import { workersSuite } from "./workers.testsuite.ts";

/** What every store must do. Run it from a test file of the store's own. */
export function storeConformance(fixture: StoreFixture): void {
  workersSuite(fixture);
  episodesSuite(fixture);
  claimsSuite(fixture);
  mailSuite(fixture);
  targetsSuite(fixture);
  startsSuite(fixture);
  tasksSuite(fixture);
  listingSuite(fixture);
  payloadsSuite(fixture);
  suspectsSuite(fixture);
  historySuite(fixture);
}
