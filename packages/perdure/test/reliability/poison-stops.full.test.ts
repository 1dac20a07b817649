import { deadlyActivityCase, deadlyOrchestratorCase } from "./poison-stops.testsuite.ts";

deadlyActivityCase();
deadlyOrchestratorCase();
