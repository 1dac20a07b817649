import type { Store } from "../../store/contract.ts";
import { openStore } from "../../task-hub/open-store.ts";
import { existingStoreUrl, storeItself } from "../store-location.ts";

/** The store that a command reads, as it is: one of an earlier release is refused, and not brought up to date. */
export const openExisting = (where: string, option: string, store: string | undefined, cwd: string): Promise<Store> =>
  openStore(existingStoreUrl(storeItself(where, option, store), cwd), { asItIs: true });
