import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { createExecutorGroup } from "../../executors/executor-group.ts";
import type { Store } from "../../store/contract.ts";
import { workerEntry } from "../../worker-entry.ts";
import { interceptStore } from "../store-proxy.ts";
import { ExecutorHub } from "./executor-hub.ts";
import { callsHolder, holdsItsThread, QUICK_RESULT, quick, waitsForEvent } from "./functions.ts";
import { startThreadExecutor } from "./thread-executor.ts";

export interface SlowNeighboursOptions {
  readonly storeUrl: string;
  readonly inFlight: number;
  /** How long a thread is held, and how long a history takes to be read. */
  readonly slowMs: number;
}

const IDLE_RELEASE_MS = 500;
const READS: ReadonlySet<string> = new Set(["load", "loadHistory"]);

/** How long quick instances took, in ms: alone, and beside a neighbour that was slow. */
export interface Neighbourhood {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/**
 * Quick instances on one thread, slow ones on another, the engine on this one: a load that is always at its level, without a slow instance and then
 * beside one, for as long as that is slow.
 */
export class SlowNeighbours implements AsyncDisposable {
  readonly #hub: ExecutorHub;
  readonly #options: SlowNeighboursOptions;
  readonly #reads: SlowReads;

  static async open(options: SlowNeighboursOptions): Promise<SlowNeighbours> {
    const threads = await Promise.all([
      startThreadExecutor(workerEntry(import.meta.url, "./quick-thread")),
      startThreadExecutor(workerEntry(import.meta.url, "./slow-thread")),
    ]);
    const reads = new SlowReads();
    const hub = await ExecutorHub.open({
      storeUrl: options.storeUrl,
      executor: createExecutorGroup(threads),
      around: (store) => reads.around(store),
      settings: { idleReleaseMs: IDLE_RELEASE_MS },
    });
    return new SlowNeighbours(hub, reads, options);
  }

  private constructor(hub: ExecutorHub, reads: SlowReads, options: SlowNeighboursOptions) {
    this.#hub = hub;
    this.#reads = reads;
    this.#options = options;
  }

  /** So that code is compiled before anything is measured. */
  warmUp(ms: number): Promise<readonly number[]> {
    return this.#load(pause(ms));
  }

  /** Beside an orchestrator that keeps its thread from everything else. */
  besideHeldThread(): Promise<Neighbourhood> {
    return this.#beside(holdsItsThread);
  }

  /** Beside an operation of an entity that does so. */
  besideHeldOperation(): Promise<Neighbourhood> {
    return this.#beside(callsHolder);
  }

  async #beside(holds: typeof holdsItsThread): Promise<Neighbourhood> {
    const { slowMs } = this.#options;
    const alone = await this.#load(pause(slowMs));
    const held = (async () => {
      const run = await this.#hub.client.startNew(holds, { input: slowMs });
      assert.equal(await run.result(), "held");
    })();
    return { alone, beside: await this.#load(held) };
  }

  /** Beside an instance that left memory, and whose history takes long to be read when its event comes. */
  async besideSlowHistory(): Promise<Neighbourhood> {
    const { slowMs } = this.#options;
    const run = await this.#hub.client.startNew(waitsForEvent);
    while (this.#hub.worker.peek(run.instanceId) !== undefined || (await run.status()).runtimeStatus === "Pending") await pause(50);
    const alone = await this.#load(pause(slowMs));
    const read = this.#reads.delayed(slowMs, async () => {
      await run.raiseEvent("go", "loaded");
      assert.equal(await run.result(), "loaded");
    });
    return { alone, beside: await this.#load(read) };
  }

  async #load(over: Promise<unknown>): Promise<readonly number[]> {
    const milliseconds: number[] = [];
    let isOver = false;
    const end = over.finally(() => {
      isOver = true;
    });
    const lane = async (): Promise<void> => {
      while (!isOver) {
        const began = performance.now();
        const run = await this.#hub.client.startNew(quick);
        assert.equal(await run.result(), QUICK_RESULT);
        milliseconds.push(performance.now() - began);
      }
    };
    await Promise.all([end, ...Array.from({ length: this.#options.inFlight }, lane)]);
    return milliseconds;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#hub[Symbol.asyncDispose]();
  }
}

/** Lets the reads of histories take long for a while: quick instances are never read. */
class SlowReads {
  #ms = 0;
  #count = 0;

  around(store: Store): Store {
    return interceptStore(store, async (method, call) => {
      if (this.#ms > 0 && READS.has(method)) {
        this.#count += 1;
        await pause(this.#ms);
      }
      return call();
    });
  }

  async delayed(ms: number, during: () => Promise<void>): Promise<void> {
    this.#ms = ms;
    try {
      await during();
    } finally {
      this.#ms = 0;
    }
    assert.ok(this.#count > 0, "nothing was read");
  }
}
