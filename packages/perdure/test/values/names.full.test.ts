import { CASES, namesSuite } from "./names.testsuite.ts";

namesSuite(CASES);
