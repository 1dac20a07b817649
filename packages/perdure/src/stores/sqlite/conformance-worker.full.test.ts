import { storeConformance } from "../../testing/store-conformance/store-conformance.testsuite.ts";
import { sqliteFixture } from "./fixture.testsuite.ts";

const fixture = sqliteFixture("worker");

storeConformance(fixture);
