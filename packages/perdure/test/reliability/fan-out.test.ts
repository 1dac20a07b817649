import { fairLineCase, fanOutCases } from "./fan-out.testsuite.ts";

fanOutCases(3_000);
fairLineCase();
