import { randomUUID } from "node:crypto";
import { fault } from "../../errors/perdure-error.ts";
import { byKind } from "../../model/function-kind.ts";
import type { ExecutionId, InstanceId, InstanceNo } from "../../model/ids.ts";
import { eventId, executionId, instanceId, instanceNo } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import type { StartSpec } from "../../model/start.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { realClock } from "../../process/real-time.ts";
import type {
  GroupCommit,
  HistoryAppend,
  InstanceUpdate,
  NewInstance,
  NewTask,
  OutgoingMessage,
  Release,
  Stop,
} from "../../store/commit.ts";
import type { JoinReceipt, Store } from "../../store/contract.ts";
import type { Carried, CarriedAudit } from "./carried.ts";
import { isAudit } from "./carried.ts";
import { refuseLiveWorkers, refuseUsed } from "./store-state.ts";

const LEASE_MS = 60_000;
const RENEW_MS = 5_000;
/** A commit has so many instances at most, and about so many characters. */
const MOST_IN_COMMIT = 200;
const MOST_CHARS = 4 * 1_024 * 1_024;

/**
 * Writes instances into an empty store as a worker would have: by commits, so that every rule of the store holds, on each store alike. Numbers are kept, since
 * histories and messages name instances by them; so the store must never have given one.
 */
export class StoreFiller {
  readonly #store: Store;
  readonly #worker: JoinReceipt;
  /** Numbers up to this one are given. */
  readonly #most: number;
  #n = 0;
  #renewedAt = realClock.monotonicMs();
  #waiting: Carried[] = [];
  #chars = 0;

  private constructor(store: Store, worker: JoinReceipt, most: number) {
    this.#store = store;
    this.#worker = worker;
    this.#most = most;
  }

  /** `most`: the highest number that will come. */
  static async open(store: Store, most: number): Promise<StoreFiller> {
    await refuseLiveWorkers(store);
    await refuseUsed(store);
    const filler = new StoreFiller(store, await store.join({ leaseMs: LEASE_MS, functions: byKind(() => []), host: "perdure copy" }), most);
    if (most > 1) await store.reserveNumbers(most - 1);
    return filler;
  }

  async add(one: Carried | CarriedAudit): Promise<void> {
    if (isAudit(one)) return this.#addAudit(one);
    this.#waiting.push(one);
    this.#chars += sizeOf(one);
    if (this.#waiting.length >= MOST_IN_COMMIT || this.#chars >= MOST_CHARS) await this.#write();
  }

  /** A number that was not given here will be that of another run. */
  async #addAudit({ audit }: CarriedAudit): Promise<void> {
    await this.#write();
    await this.#renew();
    await this.#store.audit.add(audit.map((row) => (row.no !== null && row.no > this.#most ? { ...row, no: null } : row)));
  }

  /** All of them are in the store; workers may use it. */
  async end(): Promise<void> {
    await this.#write();
    await refuseLiveWorkers(this.#store, this.#worker.worker);
  }

  leave(): Promise<void> {
    const { worker, fence } = this.#worker;
    return this.#store.leave({ worker, fence });
  }

  /** Rows first, then their mail: an instance with mail would not be put to sleep, and one that has ended takes none. */
  async #write(): Promise<void> {
    const all = this.#waiting;
    if (all.length === 0) return;
    this.#waiting = [];
    this.#chars = 0;
    await this.#renew();
    const live = all.filter(({ row }) => row.completedAt === null);
    const endedWithMail = all.filter(({ row, mail }) => row.completedAt !== null && mail.length > 0);
    if (endedWithMail.length > 0) await this.#create(endedWithMail, { messages: endedWithMail.flatMap(messagesTo) });
    await this.#create(
      all.filter((one) => !endedWithMail.includes(one)),
      {
        history: all.flatMap(historyOf),
        updates: all.map(updateOf),
        newTasks: live.flatMap(tasksOf),
        releases: live.filter((one) => one.row.stopped === null).map(releaseOf),
        stops: live.flatMap(stopOf),
      },
    );
    const messages = live.flatMap(messagesTo);
    if (messages.length > 0) await this.#commit({ messages });
    await this.#store.dateEnds(all.flatMap(({ row: { no, completedAt: at } }) => (at === null ? [] : [{ no: instanceNo(no), at }])));
  }

  async #create(instances: readonly Carried[], rows: Partial<GroupCommit>): Promise<void> {
    const { notStarted } = await this.#commit({ ...rows, creates: instances.map(createOf) });
    if (notStarted.length > 0) throw fault("INTERNAL", `instances ${notStarted.join(", ")} were there before`);
  }

  async #renew(): Promise<void> {
    const now = realClock.monotonicMs();
    if (now - this.#renewedAt < RENEW_MS) return;
    this.#renewedAt = now;
    const { worker, fence } = this.#worker;
    await this.#store.renew({ worker, fence, leaseMs: LEASE_MS });
    await refuseLiveWorkers(this.#store, worker);
  }

  #commit(rows: Partial<GroupCommit>): ReturnType<Store["commit"]> {
    const { worker, fence } = this.#worker;
    this.#n += 1;
    return this.#store.commit({ ...NOTHING, ...rows, worker, fence, n: this.#n, token: randomUUID(), follows: this.#n - 1 });
  }
}

const NOTHING: Omit<GroupCommit, "worker" | "fence" | "n" | "token" | "follows"> = {
  ...{ creates: [], history: [], updates: [], notes: [], consumed: [], finishedTasks: [], messages: [], newTasks: [], heartbeats: [] },
  ...{ givenBackTasks: [], cancelTasks: [], releases: [], stops: [], ended: [], claim: null, claimTasks: null },
};

const messagesTo = (one: Carried): readonly OutgoingMessage[] => one.mail.map((message) => ({ to: { no: noOf(one) }, message }));

const noOf = ({ row }: Carried): InstanceNo => instanceNo(row.no);

function createOf(one: Carried): NewInstance {
  const { instanceId: id, name, version, row } = one;
  const { startId, input, tags, parent, startAt, nextWake, createdAt } = row;
  const start: StartSpec = {
    ...{ instanceId: instanceId(id) satisfies InstanceId, executionId: executionId(startId) satisfies ExecutionId, name },
    ...{ input: input === null ? null : payload(input), version, tags, parent, startAt },
  };
  const wakeAt = typeof nextWake === "number" ? nextWake : createdAt;
  return { no: noOf(one), start, owned: true, onExisting: "fail", ifExists: null, wakeAt, createdAt };
}

function updateOf(one: Carried): InstanceUpdate {
  const { generation, executionId: execution, customStatus, nextWake, updatedAt, completedAt, output } = one.row;
  return {
    ...{ no: noOf(one), expectedVersion: 0, version: 1, generation, executionId: executionId(execution) },
    // Safe: the parser of exports, and every store, know no other.
    status: one.runtimeStatus as RuntimeStatus,
    ...{ customStatus, nextWake, updatedAt, ...(completedAt === null ? {} : { completed: { output } }) },
  };
}

/** Rows of some hundred events: a store's row has a limit, and a long history is read row by row. */
const EVENTS_IN_ROW = 256;

function historyOf(one: Carried): readonly HistoryAppend[] {
  const { history, row } = one;
  const appends: HistoryAppend[] = [];
  for (let firstSeq = 0; firstSeq < history.length; firstSeq += EVENTS_IN_ROW) {
    const events = history.slice(firstSeq, firstSeq + EVENTS_IN_ROW);
    const place = { no: noOf(one), expectedVersion: null, generation: row.generation, firstSeq };
    appends.push({ ...place, count: events.length, events: JSON.stringify(events), at: row.updatedAt });
  }
  return appends;
}

const tasksOf = (one: Carried): readonly NewTask[] =>
  one.tasks.map(({ generation, eventId: event, name, notBefore, crashes, slot, body, progress }) => ({
    ...{ no: noOf(one), generation, eventId: eventId(event), instanceId: instanceId(one.instanceId), name },
    ...{ claimed: false, notBefore, crashes, body, progress, ...(slot === undefined ? {} : { slot }) },
  }));

const releaseOf = (one: Carried): Release => {
  const { nextWake } = one.row;
  return { no: noOf(one), version: 1, nextWake, asReady: nextWake === "now" };
};

const stopOf = (one: Carried): readonly Stop[] =>
  one.row.stopped === null ? [] : [{ no: noOf(one), version: 1, reason: one.row.stopped, crashes: null }];

/** About: payloads are in the history once more. */
const sizeOf = ({ row, history }: Carried): number => (row.input?.length ?? 0) + (row.output?.length ?? 0) + JSON.stringify(history).length;
