import { brokenDoorCase } from "./defects.testsuite.ts";

for (const door of ["look", "renew", "readWorkers", "readOwned", "sweep", "timer"]) brokenDoorCase(door);
