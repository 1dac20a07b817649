import { fault } from "../../errors/perdure-error.ts";
import type { Store } from "../../store/contract.ts";
import { openStore } from "../../task-hub/open-store.ts";
import { existingStoreUrl, storeUrl } from "../store-location.ts";

/** The store that a command reads, as it is: one of an earlier release is refused, and not brought up to date. */
export function openExisting(where: string, store: string | undefined, cwd: string): Promise<Store> {
  return openStore(existingStoreUrl(namedStore(where, store), cwd), { asItIs: true });
}

export function namedStore(where: string, store: string | undefined): string {
  if (store !== undefined && !storeUrl(store).startsWith("memory:")) return store;
  throw fault("ARGUMENTS_WRONG", where, "--store file:PATH or postgres://…", store === undefined ? [] : [store]);
}
