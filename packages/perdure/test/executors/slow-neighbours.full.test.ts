import { slowNeighboursSuite } from "./slow-neighbours.testsuite.ts";

slowNeighboursSuite(256, 3_000);
