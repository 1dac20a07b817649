import { slowNeighboursSuite } from "./slow-neighbours.testsuite.ts";

// Beside a held operation, and beside a history that is being read: slow-neighbours.full.test.ts.
slowNeighboursSuite(32, 600, ["an orchestrator that holds its thread"]);
