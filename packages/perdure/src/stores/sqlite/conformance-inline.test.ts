import { storeConformance } from "../../testing/store-conformance/store-conformance.testsuite.ts";
import { sqliteFixture } from "./fixture.testsuite.ts";

storeConformance(sqliteFixture("inline"));
