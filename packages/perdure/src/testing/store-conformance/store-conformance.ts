import { auditSuite } from "./audit.ts";
import { backlogSuite } from "./backlog.ts";
import { claimsSuite } from "./claims.ts";
import { editsSuite } from "./edits.ts";
import { endsSuite } from "./ends.ts";
import { entitiesSuite } from "./entities.ts";
import { episodesSuite } from "./episodes.ts";
import type { StoreFixture } from "./fixture.ts";
import { historySuite } from "./history.ts";
import { listingSuite } from "./listing.ts";
import { mailSuite } from "./mail.ts";
import { payloadsSuite } from "./payloads.ts";
import { queriesSuite } from "./queries.ts";
import { releasesSuite } from "./releases.ts";
import { replacementsSuite } from "./replacements.ts";
import { slotsSuite } from "./slots.ts";
import { startsSuite } from "./starts.ts";
import { suspectsSuite } from "./suspects.ts";
import { targetsSuite } from "./targets.ts";
import { tasksSuite } from "./tasks.ts";
import { workersSuite } from "./workers.ts";

/** What every store must do. Run it from a test file of the store's own. */
export function storeConformance(fixture: StoreFixture): void {
  workersSuite(fixture);
  episodesSuite(fixture);
  releasesSuite(fixture);
  claimsSuite(fixture);
  mailSuite(fixture);
  targetsSuite(fixture);
  entitiesSuite(fixture);
  startsSuite(fixture);
  replacementsSuite(fixture);
  tasksSuite(fixture);
  slotsSuite(fixture);
  backlogSuite(fixture);
  listingSuite(fixture);
  queriesSuite(fixture);
  endsSuite(fixture);
  editsSuite(fixture);
  auditSuite(fixture);
  payloadsSuite(fixture);
  suspectsSuite(fixture);
  historySuite(fixture);
}
