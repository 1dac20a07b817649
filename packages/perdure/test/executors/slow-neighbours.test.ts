import { slowNeighboursSuite } from "./slow-neighbours.testsuite.ts";

slowNeighboursSuite(32, 600);
