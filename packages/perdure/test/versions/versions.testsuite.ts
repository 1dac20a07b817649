import assert from "node:assert/strict";
import type { LogEntry, OrchestratorContext, RegisteredFunction, TaskHubOptions } from "perdure";
import { orchestrator, TaskHub } from "perdure";
import { until } from "../../src/process/testing/until.ts";
import type { Store } from "../../src/store/contract.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import type { Ground } from "../testing/ground.ts";
import type { StoreKind } from "../testing/grounds.ts";
import { openGround } from "../testing/grounds.ts";

export interface Deploy extends Pick<TaskHubOptions, "defaultVersion" | "versionMatchStrategy" | "versionFailureStrategy"> {
  readonly functions: readonly RegisteredFunction[];
}

/** Short, so that what a hub learns of others, or waits for, takes milliseconds. */
const ENGINE = {
  leaseMs: 5_000,
  renewEveryMs: 60,
  pollEveryMs: 50,
  idleReleaseMs: 150,
  functionNotFoundAfterMs: 300,
  functionNotFoundAloneMs: 300,
  drainMs: 100,
};

/** One store, on which workers with different code come and go. */
export class Versions implements AsyncDisposable {
  readonly log: LogEntry[] = [];
  readonly #ground: Ground;
  readonly #keepCursors: boolean;
  readonly #hubs = new Map<TaskHub, { readonly count: number }>();

  private constructor(ground: Ground, keepCursors: boolean) {
    this.#ground = ground;
    this.#keepCursors = keepCursors;
  }

  static async open(store: StoreKind, keepCursors: boolean): Promise<Versions> {
    return new Versions(await openGround({ kind: store, file: null, now: () => Date.now(), steersTime: false }), keepCursors);
  }

  /** A hub with that code; without `start` it only asks. */
  async hub(deploy: Deploy): Promise<TaskHub> {
    const claims = { count: 0 };
    const ground = await this.#ground.connect();
    const store: Store = {
      ...interceptStore(ground, (_, call) => call()),
      commit: async (batch) => {
        const receipt = await ground.commit(batch);
        claims.count += receipt.claimed.length;
        return receipt;
      },
      close: () => Promise.resolve(),
    };
    const log = { enabled: () => true, write: (entry: LogEntry) => this.log.push(entry) };
    const hub = await TaskHub.open("memory:", { ...deploy, log, store, engine: { ...ENGINE, keepCursors: this.#keepCursors } });
    this.#hubs.set(hub, claims);
    return hub;
  }

  /** Instances that the worker of this hub has claimed. */
  claimsOf(hub: TaskHub): number {
    return this.#hubs.get(hub)?.count ?? 0;
  }

  async worker(deploy: Deploy): Promise<TaskHub> {
    const hub = await this.hub(deploy);
    await hub.start();
    return hub;
  }

  /** Each worker has renewed its lease, and so read what the others are. */
  know(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 8 * ENGINE.renewEveryMs));
  }

  until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
    return until(what, look, 20_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hub of this.#hubs.keys()) await hub.close();
    assert.deepEqual(checkDump(await this.#ground.store.dump(), { atRest: true }).map(describeViolation), []);
    await this.#ground.close();
  }
}

/** Waits for "Go", then says which code ran it, in each of its two episodes, and which version it has. */
export const flow = (code: string, version?: string) =>
  orchestrator("Flow", version === undefined ? {} : { version }, async (ctx: OrchestratorContext<void>) => {
    const first = code;
    await ctx.waitForExternalEvent("Go");
    return `${first}/${code} ${ctx.version}`;
  });
