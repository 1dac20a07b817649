import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import { rowsOf } from "../../store/commit.ts";
import type { Store } from "../../store/contract.ts";
import { refusalOf } from "../../store/errors.ts";
import type { Metrics } from "../../telemetry/metrics/metrics.ts";

/** The same store; what its worker's calls cost is counted. */
export function measuredStore(store: Store, metrics: Metrics, now: () => number): Store {
  const measured: Pick<Store, "commit" | "renew" | "takeOver"> = {
    commit: async (batch) => {
      const began = now();
      const receipt = await counted(metrics, store.commit(batch), (kind) => {
        metrics.add("perdure_commits_total", [kind === "unknown" ? "unknown" : "refused"]);
      });
      metrics.observe("perdure_commit_seconds", [], (now() - began) / 1_000);
      metrics.observe("perdure_commit_rows", [], rowsOf(batch));
      metrics.add("perdure_commits_total", ["ok"]);
      countStops(metrics, batch, receipt);
      return receipt;
    },
    renew: async (params) => {
      const began = now();
      const renewed = await counted(metrics, store.renew(params), () => {});
      metrics.observe("perdure_lease_renewal_seconds", [], (now() - began) / 1_000);
      return renewed;
    },
    takeOver: async (params) => {
      const taken = await store.takeOver(params);
      if (taken.done) metrics.add("perdure_takeovers_total", []);
      return taken;
    },
  };
  return overriding(store, measured);
}

async function counted<T>(metrics: Metrics, call: Promise<T>, onRefusal: (kind: string) => void): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { kind } = refusalOf(error);
    onRefusal(kind);
    if (kind === "fenced") metrics.add("perdure_fenced_total", []);
    throw error;
  }
}

function countStops(metrics: Metrics, { stops }: GroupCommit, { stoppedNos }: CommitReceipt): void {
  if (stops.length === 0) return;
  const done = new Set(stoppedNos);
  for (const { no, reason } of stops) if (done.has(no)) metrics.add("perdure_stopped_total", [reason.code]);
}

/** A store is an object with private state: its other calls go to itself. */
function overriding(store: Store, own: Partial<Store>): Store {
  const bound = new Map<PropertyKey, unknown>();
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return Reflect.get(own, name);
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (!bound.has(name)) bound.set(name, value.bind(target));
      return bound.get(name);
    },
  });
}
