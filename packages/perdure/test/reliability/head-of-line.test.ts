import { slowNeighbourCases, slowTogetherCase } from "./head-of-line.testsuite.ts";

// More of them, and commits of one episode: head-of-line.full.test.ts.
slowNeighbourCases(100, false);
slowTogetherCase();
