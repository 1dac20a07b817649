import { testKeeper } from "./keeper.testsuite.ts";

testKeeper(false);
