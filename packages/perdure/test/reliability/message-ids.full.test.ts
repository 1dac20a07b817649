import { STORES } from "../testing/stand.ts";
import { repeatedMessageCase } from "./message-ids.testsuite.ts";

for (const store of STORES) for (const mode of ["plain", "no cursors"] as const) repeatedMessageCase(store, mode);
