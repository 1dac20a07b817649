import { STORES } from "../testing/stand.ts";
import { oneTryCase } from "./one-try.testsuite.ts";

for (const store of STORES) for (const mode of ["plain", "no cursors", "twice"] as const) oneTryCase(store, mode);
