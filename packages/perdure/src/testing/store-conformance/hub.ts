import assert from "node:assert/strict";
import { test } from "node:test";
import type { FunctionNames, QueueKeys } from "../../model/function-kind.ts";
import { byKind, queueKeys } from "../../model/function-kind.ts";
import type { Fence, InstanceId, InstanceNo, WorkerId } from "../../model/ids.ts";
import { eventId, executionId, instanceId, instanceNo, workerId } from "../../model/ids.ts";
import type { EventMessage } from "../../model/message.ts";
import { payload } from "../../model/payload.ts";
import type { StartSpec } from "../../model/start.ts";
import type {
  CommitReceipt,
  ConditionalMessage,
  GroupCommit,
  HistoryAppend,
  InstanceUpdate,
  NewInstance,
  NewTask,
  OutgoingMessage,
} from "../../store/commit.ts";
import type { Store } from "../../store/contract.ts";
import type { StoreRefusal } from "../../store/errors.ts";
import { StoreRefusalError } from "../../store/errors.ts";
import type { InboxRow, InstanceRow } from "../../store/rows.ts";
import type { SweepReceipt } from "../../store/sweep.ts";
import { interceptStore } from "../store-proxy.ts";
import type { StoreFixture, TestClock } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";

export const LEASE_MS = 10_000;
export const NAME = "shipOrder";
/** Who has no mail. */
export const NO_WORKER = workerId(0);

export type Code = Partial<FunctionNames>;

/** Under which these functions' work is claimed. */
export const keysOf = (names: Code): QueueKeys => queueKeys(byKind((kind) => names[kind] ?? []));

export interface Bench {
  readonly store: Store;
  readonly clock: TestClock;
  readonly openAnother: (() => Promise<Store>) | undefined;
  join(code?: Code): Promise<Hand>;
  row(id: string): Promise<InstanceRow>;
}

/** One test of the suite, on a store of its own with a clock of its own. */
export function storeTest(fixture: StoreFixture, title: string, body: (bench: Bench) => Promise<void>): void {
  test(title, async () => {
    const clock: TestClock = { now: START_OF_TIME };
    const { store: opened, openAnother, dispose } = await fixture.open(clock);
    const store = withMarkersCompared(opened);
    const bench: Bench = {
      store,
      clock,
      openAnother,
      join: (functions = {}) => Hand.join(store, functions),
      async row(id) {
        const row = await store.getInstance(instanceId(id));
        assert.ok(row, `there is an instance "${id}"`);
        return row;
      },
    };
    try {
      await body(bench);
      assertClean(await store.sweep());
    } finally {
      await dispose();
    }
  });
}

/** In every test: who has lost the answer to a commit learns the same from its marker. */
function withMarkersCompared(store: Store): Store {
  return {
    ...interceptStore(store, (_, call) => call()),
    async commit(batch) {
      const receipt = await store.commit(batch);
      assert.deepEqual(await store.readMarker(batch), { token: batch.token, receipt }, "the marker gives back the receipt");
      return receipt;
    },
  };
}

/** After every test: no instance slept over mail. */
function assertClean(swept: { readonly repaired: number }): void {
  assert.equal(swept.repaired, 0, "the sweep has nothing to repair");
}

type Parts = Partial<Omit<GroupCommit, "worker" | "fence" | "n" | "token">>;

const NOTHING: Omit<GroupCommit, "worker" | "fence" | "n" | "token"> = {
  follows: 0,
  creates: [],
  history: [],
  updates: [],
  notes: [],
  consumed: [],
  finishedTasks: [],
  messages: [],
  newTasks: [],
  heartbeats: [],
  givenBackTasks: [],
  cancelTasks: [],
  releases: [],
  stops: [],
  ended: [],
  claim: null,
  claimTasks: null,
};

/** One worker at the store, with its place in its stream of batches. */
export class Hand {
  readonly store: Store;
  readonly worker: WorkerId;
  fence: Fence;
  n = 0;
  readonly #keys: QueueKeys;

  private constructor(store: Store, worker: WorkerId, fence: Fence, keys: QueueKeys) {
    this.store = store;
    this.worker = worker;
    this.fence = fence;
    this.#keys = keys;
  }

  static async join(store: Store, functions: Code): Promise<Hand> {
    const names = { orchestrator: [NAME], activity: ["pack"], entity: [], ...functions };
    const { worker, fence } = await store.join({ leaseMs: LEASE_MS, functions: names, host: "test" });
    return new Hand(store, worker, fence, queueKeys(names));
  }

  batch(parts: Parts): GroupCommit {
    this.n += 1;
    return { worker: this.worker, fence: this.fence, n: this.n, token: `token-${this.worker}-${this.n}`, ...NOTHING, ...parts };
  }

  async mail(): Promise<readonly InboxRow[]> {
    return (await this.store.look({ worker: this.worker, keys: keysOf({}) })).mail;
  }

  commit(parts: Parts): Promise<CommitReceipt> {
    return this.store.commit(this.batch(parts));
  }

  async numbers(count: number): Promise<readonly InstanceNo[]> {
    const { first } = await this.store.reserveNumbers(count);
    return Array.from({ length: count }, (_, index) => instanceNo(first + index));
  }

  /** Owned instances at version 0, one for each id. */
  async own(...ids: readonly string[]): Promise<readonly InstanceNo[]> {
    const nos = await this.numbers(ids.length);
    await this.commit({ creates: nos.map((no, index) => birth(no, ids[index] ?? "")) });
    return nos;
  }

  async claim(limit = 100, suspects: readonly number[] = [1]): Promise<CommitReceipt["claimed"]> {
    return (await this.commit({ claim: { limit, keys: this.#keys.instances, suspects } })).claimed;
  }

  async claimTasks(limit = 100, suspects: readonly number[] = []): Promise<CommitReceipt["claimedTasks"]> {
    return (await this.commit({ claimTasks: { limit, keys: this.#keys.tasks, suspects } })).claimedTasks;
  }

  /** Declares this worker dead, as another one would when its lease is over. */
  async die(clock: TestClock): Promise<void> {
    const { workers } = await this.store.readWorkers();
    const row = workers.find((other) => other.worker === this.worker);
    assert.ok(row);
    clock.now = Math.max(clock.now, row.leaseUntil + 1);
    assert.equal(await this.store.declareDead({ worker: this.worker, fence: this.fence, renewals: row.renewals }), true);
  }
}

export const spec = (id: string, more: Partial<StartSpec> = {}): StartSpec => ({
  instanceId: instanceId(id),
  executionId: executionId(`run of ${id}`),
  name: NAME,
  input: payload('{"order":7}'),
  version: null,
  tags: null,
  parent: null,
  startAt: null,
  ...more,
});

export const birth = (no: InstanceNo, id: string, more: Partial<NewInstance> = {}): NewInstance => ({
  no,
  start: spec(id),
  owned: true,
  onExisting: "fail",
  ifExists: null,
  wakeAt: START_OF_TIME,
  createdAt: START_OF_TIME,
  ...more,
});

export const update = (no: InstanceNo, expectedVersion: number, more: Partial<InstanceUpdate> = {}): InstanceUpdate => ({
  no,
  expectedVersion,
  version: expectedVersion + 1,
  generation: 0,
  executionId: executionId("run"),
  status: "Running",
  customStatus: null,
  nextWake: null,
  updatedAt: START_OF_TIME,
  ...more,
});

/** A history row beside an update or a birth of its instance, which is its compare-and-set. */
export const append = (
  no: InstanceNo,
  firstSeq: number,
  count: number,
  events: string,
  more: Partial<HistoryAppend> = {},
): HistoryAppend => ({
  no,
  expectedVersion: null,
  generation: 0,
  firstSeq,
  count,
  events,
  at: START_OF_TIME,
  ...more,
});

export const ending = (no: InstanceNo, expectedVersion: number, output: string | null = '"done"'): InstanceUpdate =>
  update(no, expectedVersion, { status: "Completed", completed: { output } });

export const event = (name: string, more: Partial<EventMessage> = {}): EventMessage => ({
  kind: "event",
  ts: START_OF_TIME,
  name,
  input: null,
  ...more,
});

export const toId = (id: string, message: OutgoingMessage["message"]): ConditionalMessage => ({
  to: { instanceId: instanceId(id) },
  message,
});
export const toNo = (no: InstanceNo, message: OutgoingMessage["message"]): ConditionalMessage => ({ to: { no }, message });

export const task = (no: InstanceNo, event: number, more: Partial<NewTask> = {}): NewTask => ({
  no,
  generation: 0,
  eventId: eventId(event),
  instanceId: instanceId("i"),
  name: "pack",
  claimed: false,
  notBefore: START_OF_TIME,
  crashes: 0,
  body: '{"input":null,"attempt":1,"timeoutMs":null}',
  progress: null,
  ...more,
});

export const id = (text: string): InstanceId => instanceId(text);

/** The receipt of a sweep that found nothing. */
export const NOTHING_SWEPT: SweepReceipt = {
  repaired: 0,
  started: 0,
  unreadable: [],
  droppedMail: 0,
  tombstones: 0,
  pastHistory: 0,
  more: false,
};

/** Asserts a refusal and gives it back. */
export async function refused<Kind extends StoreRefusal["kind"]>(
  call: Promise<unknown>,
  kind: Kind,
): Promise<Extract<StoreRefusal, { readonly kind: Kind }>> {
  const error: unknown = await call.then(
    () => assert.fail(`expected a refusal "${kind}"`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StoreRefusalError, `a refusal, not ${String(error)}`);
  assert.equal(error.refusal.kind, kind);
  return error.refusal as Extract<StoreRefusal, { readonly kind: Kind }>;
}

export const stopReason = (at = START_OF_TIME, codeMayCure = true) => ({
  code: "NON_DETERMINISM",
  message: "it diverged",
  at,
  codeMayCure,
});
