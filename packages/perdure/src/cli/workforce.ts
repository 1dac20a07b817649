import { fault } from "../errors/perdure-error.ts";
import type { StartOptions } from "./hub-options.ts";
import { storeOf } from "./hub-options.ts";

/** Who runs orchestrators and activities: this process, processes of their own, or none here. */
export type Workforce = { readonly kind: "here" } | { readonly kind: "none" } | { readonly kind: "processes"; readonly count: number };

/** Throws for what cannot be: a store in the memory of one process cannot be used by others. */
export function workforceOf(where: string, options: StartOptions): Workforce {
  const { workers } = options;
  const isAlone = storeOf(options).startsWith("memory:");
  if (options["no-worker"] === true) {
    if (workers !== undefined) throw fault("OPTION_INVALID", where, "--no-worker", true, "either --workers or --no-worker, not both");
    if (isAlone) throw fault("STORE_NOT_SHARED", where, "--no-worker");
    return { kind: "none" };
  }
  if (workers === undefined || (workers === 1 && isAlone)) return { kind: "here" };
  if (isAlone) throw fault("STORE_NOT_SHARED", where, `--workers ${workers}`);
  return { kind: "processes", count: workers };
}

/** Worker processes; null: the worker is this process. */
export function processesOf(workforce: Workforce): number | null {
  switch (workforce.kind) {
    case "here":
      return null;
    case "none":
      return 0;
    case "processes":
      return workforce.count;
  }
}
