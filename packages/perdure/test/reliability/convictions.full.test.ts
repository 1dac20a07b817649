import { deadlyActivityCase } from "./convictions.testsuite.ts";

deadlyActivityCase();
