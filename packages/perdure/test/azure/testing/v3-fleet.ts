import assert from "node:assert/strict";
import type { V3Settings } from "../../../src/azure/guest/v3-function.ts";
import { V3Replayer } from "../../../src/azure/guest/v3-replayer.ts";
import type { InstanceStatus } from "../../../src/client/types.ts";
import type { WorkerSettings } from "../../../src/engine/options.ts";
import { wrapExecutor } from "../../../src/executors/wrap-executor.ts";
import type { ActivityRequest, ActivityResult, Executor } from "../../../src/model/executor.ts";
import type { HistoryEvent } from "../../../src/model/history.ts";
import { jsonCodec } from "../../../src/model/payload.ts";
import { isTerminal } from "../../../src/model/status.ts";
import type { Store } from "../../../src/store/contract.ts";
import { parseHistory } from "../../../src/store/parse.ts";
import type { ReplayMismatch } from "../../../src/testing/replay-checker.ts";
import { ReplayChecker } from "../../../src/testing/replay-checker.ts";
import type { StoreKind } from "../../../src/testing/simulation/world.ts";
import { TestFleet } from "../../fleet/fleet.testsuite.ts";
import type { V3App } from "./v3-app.ts";
import { v3Executor } from "./v3-app.ts";

const STEP_MS = 50;
/** Of virtual time. */
const LIMIT_MS = 600_000;

export interface V3FleetOptions {
  readonly app: V3App;
  readonly store?: StoreKind;
  readonly nodes?: number;
  readonly settings?: Partial<V3Settings>;
  readonly worker?: Partial<WorkerSettings>;
  /** In place of the activities of the app. */
  readonly activity?: (request: ActivityRequest) => Promise<ActivityResult> | null;
  readonly wrap?: (executor: Executor) => Executor;
  /** False: code that is not repeated the same, on purpose. */
  readonly shadow?: boolean;
}

/** Workers that run an app of the library. Every episode is repeated in the shadow, from the committed history, by an executor of its own. */
export class V3Fleet implements AsyncDisposable {
  readonly fleet: TestFleet;
  readonly mismatches: readonly ReplayMismatch[];
  readonly #checker: ReplayChecker;
  readonly #options: V3FleetOptions;

  private constructor(options: V3FleetOptions, fleet: TestFleet, checker: ReplayChecker, mismatches: readonly ReplayMismatch[]) {
    this.#options = options;
    this.fleet = fleet;
    this.#checker = checker;
    this.mismatches = mismatches;
  }

  static async open(options: V3FleetOptions): Promise<V3Fleet> {
    const { app, store = "memory", nodes = 1, settings = {}, worker = {}, activity, wrap = (one) => one, shadow = true } = options;
    const mismatches: ReplayMismatch[] = [];
    const checker = new ReplayChecker({ executor: v3Executor(app, settings), onMismatch: (found) => mismatches.push(found) });
    const executor = () => {
      const inner = v3Executor(app, settings);
      return wrap(wrapExecutor(inner, { runActivity: (request) => activity?.(request) ?? inner.runActivity(request) }));
    };
    const between = (unwatched: Store) => (shadow ? checker.watch(unwatched) : unwatched);
    const fleet = await TestFleet.open(nodes, { store, functions: () => [], executor, between, settings: worker });
    return new V3Fleet(options, fleet, checker, mismatches);
  }

  start(name: string, id: string, input?: unknown): Promise<void> {
    return this.fleet.start(0, name, id, input);
  }

  raise(id: string, name: string, input?: unknown, node = 0): Promise<unknown> {
    const raised = this.fleet.client(node).raiseEvent({ instanceId: id, name, input: jsonCodec.encode(input) });
    return this.fleet.advance(20).then(() => raised);
  }

  status(id: string, node = 0): Promise<InstanceStatus | null> {
    return this.fleet.client(node).getStatus(id);
  }

  /** Lets time pass until it has ended; what it gave, or why it failed. */
  async end(id: string, node = 0): Promise<unknown> {
    for (let waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
      const status = await this.status(id, node);
      if (status !== null && isTerminal(status.runtimeStatus)) return jsonCodec.decode(status.output);
      assert.equal(status?.stopped ?? null, null);
      await this.fleet.advance(STEP_MS);
    }
    assert.fail(`"${id}" has not ended: ${JSON.stringify(await this.history(id, node))}`);
  }

  /** Of the last execution of the instance. */
  async history(id: string, node = 0): Promise<readonly HistoryEvent[]> {
    return (await this.fleet.client(node).getHistory(id)) ?? [];
  }

  /** Repeats what each instance has recorded of its last execution, with its end. */
  async #repeatAll(): Promise<void> {
    const { store } = this.fleet.sim;
    const replayer = new V3Replayer(this.#options.app.functions, this.#options.settings);
    for (const { no, generation, instanceId } of (await store.dump()).instances) {
      const history = parseHistory(await store.loadHistory(no, generation));
      assert.deepEqual([instanceId, (await replayer.replay(instanceId, history)).found], [instanceId, null]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checker.idle();
    if (this.#options.shadow !== false) await this.#repeatAll();
    await this.fleet[Symbol.asyncDispose]();
    assert.deepEqual(this.mismatches, []);
  }
}
