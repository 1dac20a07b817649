import { slowNeighbourCases } from "./head-of-line.testsuite.ts";

slowNeighbourCases(256, false);
slowNeighbourCases(256, true);
