import { slowNeighboursSuite } from "./slow-neighbours.testsuite.ts";

slowNeighboursSuite(32, 1_000);
