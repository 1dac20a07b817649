import { testKeeper } from "./keeper.testsuite.ts";

// As a run of the gate ends. Without a word: keeper.full.test.ts.
testKeeper(true);
