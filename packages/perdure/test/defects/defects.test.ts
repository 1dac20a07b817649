import { brokenDoorCase, wholeProgramCase } from "./defects.testsuite.ts";

// The other doors: defects.full.test.ts.
for (const door of ["commit", "sweep", "timer"]) brokenDoorCase(door);
wholeProgramCase();
