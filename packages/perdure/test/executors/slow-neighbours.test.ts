import { slowNeighboursSuite } from "./slow-neighbours.testsuite.ts";

// Beside a held operation: slow-neighbours.full.test.ts.
slowNeighboursSuite(32, 600, ["an orchestrator that holds its thread", "an instance whose history is being read"]);
