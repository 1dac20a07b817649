import { fanOutCases } from "./fan-out.testsuite.ts";

fanOutCases(100_000);
