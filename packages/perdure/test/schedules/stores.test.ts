import { schedulesOnStores } from "./stores.testsuite.ts";

schedulesOnStores(false);
