import { storeConformance } from "../../../src/testing/store-conformance/store-conformance.ts";
import { sqliteFixture } from "./fixture.testsuite.ts";

const fixture = sqliteFixture("worker");

storeConformance(fixture);
