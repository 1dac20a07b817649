import { brokenDoorCase, wholeProgramCase } from "./defects.testsuite.ts";

// The other doors: defects.full.test.ts.
brokenDoorCase("commit");
wholeProgramCase();
