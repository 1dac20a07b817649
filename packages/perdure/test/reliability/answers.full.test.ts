import { STORES } from "../testing/stand.ts";
import { answerCases } from "./answers.testsuite.ts";

for (const store of STORES) for (const mode of ["plain", "twice"] as const) answerCases(store, mode);
