import type { TaskHubOptions } from "perdure";
import { TaskHub } from "perdure";
import type { StoreKind } from "../testing/grounds.ts";
import { openGround } from "../testing/grounds.ts";

export const KINDS: readonly StoreKind[] = ["memory", "sqlite thread", "postgres"];

/** A hub on a store of its own, without a log. */
export async function openHub(kind: StoreKind, options: TaskHubOptions = {}): Promise<TaskHub> {
  const ground = await openGround({ kind, file: null, now: Date.now, steersTime: false });
  const store = new Proxy(ground.store, {
    get(target, key) {
      if (key === "close") return () => ground.close();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return TaskHub.open("memory:", { log: false, ...options, store });
}
