import { STORES } from "../testing/stand.ts";
import { eternalCase } from "./eternal.testsuite.ts";

for (const store of STORES) eternalCase(store, 500);
