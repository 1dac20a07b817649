import { deadlyActivityCase } from "./poison-stops.testsuite.ts";

deadlyActivityCase();
