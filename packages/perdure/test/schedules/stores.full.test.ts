import { schedulesOnStores } from "./stores.testsuite.ts";

schedulesOnStores(true);
